import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { MissingToolError, PeerGoneError } from './errors.ts'

/** @throws MissingToolError with `advice` unless `file` runs with these arguments. */
function requireTool(file: string, args: readonly string[], advice: string): void {
  const run = spawnSync(file, args, { stdio: 'ignore' })
  if (run.error !== undefined || run.status !== 0) throw new MissingToolError(`${file} does not run here. ${advice}`)
}

/** What makes a program of the lab. */
export interface Recipe {
  readonly program: string
  /** Folder of the sources. */
  readonly folder: string
  /** Patterns of the files in `folder` that it depends on. */
  readonly inputs: readonly string[]
  readonly tool: { readonly file: string; readonly probe: readonly string[]; readonly advice: string }
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
}

const builds = new Map<string, Promise<void>>()

/**
 * Builds a program unless it is fresh; two callers at once share one build.
 *
 * @returns its path. @throws MissingToolError, PeerGoneError the build failed
 */
export async function built(recipe: Recipe): Promise<string> {
  const { program } = recipe
  const build = builds.get(program) ?? buildUnlessFresh(recipe)
  builds.set(program, build)
  await build
  return program
}

async function buildUnlessFresh({ program, folder, inputs, tool, args, env }: Recipe): Promise<void> {
  const files = globSync([...inputs], { cwd: folder }).map((file) => join(folder, file))
  if (existsSync(program) && files.every((file) => statSync(file).mtimeMs < statSync(program).mtimeMs)) return
  requireTool(tool.file, tool.probe, tool.advice)
  console.error(`building ${program}`)
  await run(tool.file, args, folder, env)
}

/** Output is shown on stderr; low priority. */
async function run(file: string, args: readonly string[], folder: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
  const child = spawn('nice', ['-n', '10', file, ...args], {
    cwd: folder,
    stdio: ['ignore', process.stderr, process.stderr],
    env: { ...process.env, ...env },
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new PeerGoneError(`${file} ${args.join(' ')} in ${folder} ended with exit code ${code}`)
}
