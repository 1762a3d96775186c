/** `npm run bench:docs`: writes docs/benchmarks.md from bench/results.json, or from and to the files named. */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { SluiceError } from '@sluice/credit'
import { markdownReport } from './markdown.ts'
import { readResult } from './result.ts'

const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const [from = beside('../results.json'), to = beside('../../docs/benchmarks.md')] = process.argv.slice(2)
try {
  await writeFile(to, markdownReport(await readResult(from)))
} catch (error) {
  if (!(error instanceof SluiceError)) throw error
  console.error(error.message)
  process.exitCode = 2
}
