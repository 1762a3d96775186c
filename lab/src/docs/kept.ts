import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, type } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { MissingResultsError } from '../errors.ts'
import { measuredCommit } from '../measured-commit.ts'
import { labFolder, repository } from '../paths.ts'

/** Where results are kept that the docs show. */
export const RESULTS: string = join(labFolder, 'results')

/** By the name of a file there: the command that keeps its results. */
export const KEPT_BY = {
  healthy: 'npm run sluice -- lab healthy --minutes 60 --results lab/results/healthy.json',
  simulator: 'npm run sim -- --seeds 1000 --from 1 --results lab/results/simulator.json',
  soak: 'npm run soak -- --keep',
  crowd: 'npm run sluice -- lab crowd --keep',
  workload: 'npm run workload -- --keep',
} as const

export type KeptName = keyof typeof KEPT_BY

/** A result that a page of the docs shows, and where it comes from. */
export interface Kept<Result> {
  readonly date: string
  /** The commit that ran, with `+` when tracked files differed from it. */
  readonly commit: string
  readonly machine: string
  readonly result: Result
}

/** Results by what ran; a run replaces its own and leaves the others. */
export type KeptResults<Result> = Readonly<Record<string, Kept<Result>>>

/** The results of lab/results/NAME.json. @throws MissingResultsError nothing was kept yet */
export function keptResults<Result>(name: KeptName, folder: string = RESULTS): KeptResults<Result> {
  const file = fileOf(name, folder)
  if (!existsSync(file)) throw new MissingResultsError(relative(repository, file), KEPT_BY[name])
  return resultsIn(file)
}

function fileOf(name: KeptName, folder: string): string {
  return join(folder, `${name}.json`)
}

/** None when there is no such file. */
function resultsIn<Result>(file: string): KeptResults<Result> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as KeptResults<Result>
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw error
  }
}

/** Keeps a result of this moment in lab/results/NAME.json. */
export function keep<Result>(name: KeptName, what: string, result: Result): void {
  keepIn(fileOf(name, RESULTS), what, result)
}

/** The same in a file of any name. */
export function keepIn<Result>(file: string, what: string, result: Result): void {
  const now: Kept<Result> = {
    date: new Date().toISOString().slice(0, 10),
    commit: measuredCommit(),
    machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, ${type()} ${release()}, Node ${process.version}`,
    result,
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify({ ...resultsIn<Result>(file), [what]: now }, null, 2)}\n`)
}
