/** `npm run bench:flood:docs`: writes the figures of bench/flood.json, or of the file named, into docs/limits.md. */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { withFigures } from './markdown.ts'
import type { FloodResult } from './result.ts'

const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const [from = beside('../../flood.json')] = process.argv.slice(2)
const page = beside('../../../docs/limits.md')
const result: FloodResult = JSON.parse(await readFile(from, 'utf8'))
await writeFile(page, withFigures(await readFile(page, 'utf8'), result))
