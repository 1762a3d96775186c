import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { GoBuildError } from './errors.ts'

const source = fileURLToPath(new URL('../peers/go/', import.meta.url))
const cache = fileURLToPath(new URL('../.cache/', import.meta.url))

/** Where `buildGoPeers` puts a command. */
export function goBinary(command: string): string {
  return `${cache}${command}`
}

/**
 * Builds commands of `peers/go`; go fetches what is missing from the module proxy and does nothing when all is fresh.
 * What it says goes to standard error.
 *
 * @throws GoBuildError
 */
export async function buildGoPeers(commands: readonly string[], signal: AbortSignal): Promise<void> {
  if (commands.length === 0) return
  await mkdir(cache, { recursive: true })
  const packages = commands.map((command) => `./${command}`)
  const child = spawn('go', ['build', '-trimpath', '-buildvcs=false', '-o', cache, ...packages], {
    cwd: source,
    stdio: ['ignore', 2, 2],
    signal,
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (cause) => {
      if (signal.aborted) return reject(signal.reason)
      reject(new GoBuildError('go could not be run: the bench needs Go 1.26 or newer on the PATH', { cause }))
    })
    child.on('close', resolve)
  })
  if (code !== 0) throw new GoBuildError(`go build ended with code ${code}; what it said stands above`)
}
