import { existsSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { UsageError } from '../errors.ts'
import { repository } from '../paths.ts'
import type { LabOptions } from './options.ts'
import { parseLabOptions } from './options.ts'
import { failureModesPage } from './report/failure-modes.ts'
import { matrixOf } from './report/matrix.ts'
import { matrixHtml } from './report/matrix-html.ts'
import { matrixText } from './report/matrix-text.ts'
import { listText, runText } from './report/text.ts'
import { readResults, resultsOf, writeResults } from './results.ts'
import { type Run, runLine, runScenario } from './run.ts'

/** Prints the scenarios. @throws UsageError */
export function list(args: readonly string[]): number {
  const { chosen, json } = parseLabOptions('list', args)
  for (const { name, peer, pattern, expected, end, about } of chosen) {
    print(
      json
        ? JSON.stringify({ name, peer, pattern, expected, end, about })
        : listText({ name, peer, expected, end, about }),
    )
  }
  return 0
}

/** Runs scenarios by name and prints each run as it ends; 1 when one is not ok. @throws UsageError */
export async function run(args: readonly string[]): Promise<number> {
  const options = parseLabOptions('run', args)
  const runs = await runAll(options, (one) => print(options.json ? JSON.stringify(runLine(one)) : runText(one)))
  keep(options, runs, ['run', ...args])
  const bad = runs.filter(({ ok }) => !ok)
  if (!options.json) note(`${runs.length - bad.length} of ${runs.length} runs ended as expected`)
  return bad.length === 0 ? 0 : 1
}

/** Runs scenarios and prints one table of them all: text, JSON, and a page where asked for. @throws UsageError */
export async function matrix(args: readonly string[]): Promise<number> {
  const options = parseLabOptions('matrix', args)
  const runs = await runAll(options, (one) => note(runText(one)))
  const results = resultsOf(runs, ['lab', 'matrix', ...args].join(' '))
  const table = matrixOf(runs)
  keep(options, runs, ['matrix', ...args])
  if (options.html !== undefined) writeFileSync(options.html, matrixHtml(table, results))
  print(options.json ? JSON.stringify(table) : matrixText(table))
  return runs.every(({ ok }) => ok) ? 0 : 1
}

/** Makes `docs/failure-modes.md` from results files. @throws UsageError */
export function docs(args: readonly string[]): number {
  if (args.length === 0 || !args.every((source) => existsSync(source))) {
    throw new UsageError('lab docs needs the files that lab run --results wrote')
  }
  const page = failureModesPage(
    args.map((source) => ({ ...readResults(source), source: relative(repository, resolve(source)) })),
  )
  writeFileSync(join(repository, 'docs/failure-modes.md'), page)
  return 0
}

async function runAll({ chosen, streams, repeat }: LabOptions, report: (run: Run) => void): Promise<Run[]> {
  const runs: Run[] = []
  for (const scenario of chosen) {
    for (let round = 0; round < repeat; round += 1) {
      const one = await runScenario(scenario, { streams })
      runs.push(one)
      report(one)
    }
  }
  return runs
}

function keep({ results }: LabOptions, runs: readonly Run[], typed: readonly string[]): void {
  if (results !== undefined) writeResults(results, resultsOf(runs, ['lab', ...typed].join(' ')))
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function note(line: string): void {
  process.stderr.write(`${line}\n`)
}
