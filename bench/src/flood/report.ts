/** `npm run bench:flood:docs`: writes the figures of bench/flood.json, or of the file named, into docs/limits.md. */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { runCommand } from '../command-line.ts'
import { readResultFile } from '../result-file.ts'
import { withFigures } from './markdown.ts'
import type { FloodResult } from './result.ts'

const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const page = beside('../../../docs/limits.md')

await runCommand(async ([from = beside('../../flood.json')]) => {
  const result = await readResultFile<FloodResult>(from, 'sluice-flood/2', 'npm run bench:flood')
  await writeFile(page, withFigures(await readFile(page, 'utf8'), result))
  return 0
})
