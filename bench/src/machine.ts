import { execFile } from 'node:child_process'
import { cpus, machine, release, totalmem, type } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export interface Machine {
  readonly processor: string
  readonly cores: number
  /** Bytes. */
  readonly memory: number
  readonly system: string
}

export function thisMachine(): Machine {
  const cores = cpus()
  return {
    processor: cores.at(0)?.model.trim() || machine(),
    cores: cores.length,
    memory: totalmem(),
    system: `${type()} ${release()} ${machine()}`,
  }
}

/** The commit that is checked out, with `+` when tracked files differ from it; undefined outside git. */
export async function thisCommit(): Promise<string | undefined> {
  const git = async (...args: string[]): Promise<string> => {
    const cwd = fileURLToPath(new URL('.', import.meta.url))
    return (await promisify(execFile)('git', args, { cwd })).stdout.trim()
  }
  try {
    const commit = await git('rev-parse', '--short=12', 'HEAD')
    const changes = await git('status', '--porcelain', '--untracked-files=no')
    return changes === '' ? commit : `${commit}+`
  } catch {
    return undefined
  }
}
