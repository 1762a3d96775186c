import { type ParseArgsConfig, parseArgs } from 'node:util'
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
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

/** What every command understands that measures what a page of the docs shows. */
export const MEASURING = {
  keep: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** The whole number that an option takes. @throws UsageError */
export function wholeNumber(option: string, text: string, least = 1): number {
  // Seeds of networks and endpoints are made of such numbers, and all have to be exact.
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value < 2 ** 32) return value
  throw new UsageError(`${option} takes a whole number from ${least} to 2^32 - 1, not ${JSON.stringify(text)}`)
}
