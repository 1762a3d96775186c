import { execFileSync } from 'node:child_process'
import { repository } from './paths.ts'

/** What runs made, and no run reads. */
const MADE = [':(exclude)lab/results', ':(exclude)docs']

/** What was checked out, with `+` when it was changed besides; results that were kept, and their pages, change nothing. */
export function measuredCommit(folder: string = repository): string {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim()
  const commit = git('rev-parse', '--short=12', 'HEAD')
  return git('status', '--porcelain', '--untracked-files=no', '--', '.', ...MADE) === '' ? commit : `${commit}+`
}
