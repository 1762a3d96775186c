import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { MissingToolError, PeerGoneError } from './errors.ts'

/** @throws MissingToolError with `advice` unless `file` runs with these arguments. */
export function requireTool(file: string, args: readonly string[], advice: string): void {
  const run = spawnSync(file, args, { stdio: 'ignore' })
  if (run.error !== undefined || run.status !== 0) throw new MissingToolError(`${file} does not run here. ${advice}`)
}

/** Runs a build with its output shown on stderr, at low priority. @throws PeerGoneError when it fails */
export async function build(
  file: string,
  args: readonly string[],
  folder: string,
  env: NodeJS.ProcessEnv = {},
): Promise<void> {
  const child = spawn('nice', ['-n', '10', file, ...args], {
    cwd: folder,
    stdio: ['ignore', process.stderr, process.stderr],
    env: { ...process.env, ...env },
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new PeerGoneError(`${file} ${args.join(' ')} in ${folder} ended with exit code ${code}`)
}
