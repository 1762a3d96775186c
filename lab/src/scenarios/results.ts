import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { arch, cpus, platform } from 'node:os'
import { dirname } from 'node:path'
import { measuredCommit } from '../measured-commit.ts'
import type { Run } from './run.ts'

/** The runs of one command, and what they were measured on. */
export interface Results {
  /** What was checked out; see `measuredCommit`. */
  readonly commit: string
  readonly date: string
  readonly machine: string
  /** What was typed. */
  readonly command: string
  readonly runs: readonly Run[]
}

export function resultsOf(runs: readonly Run[], command: string): Results {
  const machine = `${cpus().length} cores, ${platform()} ${arch()}, Node ${process.versions.node}`
  const date = new Date().toISOString().slice(0, 10)
  return { commit: measuredCommit(), date, machine, command, runs: runs.map(withoutStack) }
}

/** What failed is kept in one line: a stack names the paths of one machine. */
function withoutStack(run: Run): Run {
  const { failed } = run.figures
  return failed === undefined ? run : { ...run, figures: { ...run.figures, failed: String(failed).split('\n', 1)[0] } }
}

/** Writes a line for each run. */
export function writeResults(file: string, { runs, ...measured }: Results): void {
  const lines = runs.map((run) => JSON.stringify(run)).join(',\n')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(measured, null, 1).slice(0, -2)},\n "runs": [\n${lines}\n ]\n}\n`)
}

/** A file that `writeResults` wrote. */
export function readResults(file: string): Results {
  return JSON.parse(readFileSync(file, 'utf8')) as Results
}
