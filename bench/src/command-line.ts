import { type ParseArgsConfig, parseArgs } from 'node:util'
import { SluiceError } from '@sluice/credit'
import { UsageError } from './errors.ts'

/** Reads the arguments of a command. @throws UsageError */
export function readArguments<Config extends ParseArgsConfig>(
  args: readonly string[],
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs<Config>({ ...config, args: [...args] })
  } catch (cause) {
    // parseArgs throws a TypeError whose message is for the user.
    throw new UsageError(cause instanceof Error ? cause.message : 'bad arguments', { cause })
  }
}

/** The whole number, at least 1, that an option takes. @throws UsageError */
export function wholeNumber(option: string, text: string, most: number = Number.MAX_SAFE_INTEGER): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= 1 && value <= most) return value
  throw new UsageError(`${option} takes a whole number from 1 to ${most}, not ${text}`)
}

/**
 * Runs a command with the arguments of this process and sets its exit code: what the command says, 1: it failed, 2: bad
 * usage, 130: interrupted. SIGINT and SIGTERM abort its signal; it is to end its children and reject then.
 */
export async function runCommand(
  command: (args: readonly string[], signal: AbortSignal) => Promise<number>,
): Promise<void> {
  const interruption = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interruption.abort())
  try {
    process.exitCode = await command(process.argv.slice(2), interruption.signal)
  } catch (error) {
    if (interruption.signal.aborted) {
      process.exitCode = 130
    } else {
      if (!(error instanceof SluiceError)) throw error
      console.error(error.message)
      process.exitCode = error instanceof UsageError ? 2 : 1
    }
  }
}
