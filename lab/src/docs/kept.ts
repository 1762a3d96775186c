import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, type } from 'node:os'
import { dirname, join } from 'node:path'
import { labFolder, repository } from '../paths.ts'

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

function fileOf(name: string): string {
  return join(labFolder, 'results', `${name}.json`)
}

/** The results of lab/results/NAME.json; none when nothing was kept yet. */
export function keptResults<Result>(name: string): KeptResults<Result> {
  return resultsIn(fileOf(name))
}

function resultsIn<Result>(file: string): KeptResults<Result> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as KeptResults<Result>
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw error
  }
}

/** Keeps a result of this moment in lab/results/NAME.json. */
export function keep<Result>(name: string, what: string, result: Result): void {
  keepIn(fileOf(name), what, result)
}

/** The same in a file of any name. */
export function keepIn<Result>(file: string, what: string, result: Result): void {
  const now: Kept<Result> = {
    date: new Date().toISOString().slice(0, 10),
    commit: thisCommit(),
    machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, ${type()} ${release()}, Node ${process.version}`,
    result,
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify({ ...resultsIn<Result>(file), [what]: now }, null, 2)}\n`)
}

function thisCommit(): string {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: repository, encoding: 'utf8' }).trim()
  const commit = git('rev-parse', '--short=12', 'HEAD')
  return git('status', '--porcelain', '--untracked-files=no') === '' ? commit : `${commit}+`
}
