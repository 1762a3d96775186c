/** `npm run bench:docs`: writes docs/benchmarks.md from bench/results.json, or from and to the files named. */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { runCommand } from './command-line.ts'
import { markdownReport } from './markdown.ts'
import type { Result } from './result.ts'
import { readResultFile } from './result-file.ts'

const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

await runCommand(async ([from = beside('../results.json'), to = beside('../../docs/benchmarks.md')]) => {
  await writeFile(to, markdownReport(await readResultFile<Result>(from, 'sluice-bench/1', 'npm run bench')))
  return 0
})
