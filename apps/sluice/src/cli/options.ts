import { parseArgs } from 'node:util'
import { UsageError } from '../errors.ts'

/** One option of a command: a flag `--name`, and the environment variable that stands in for it. */
export interface Option<T> {
  readonly summary: string
  /** What the value is called in the help; undefined: the option is a switch and takes none. */
  readonly placeholder?: string
  readonly fallback: T
  /** @throws UsageError */
  parse(text: string, source: string): T
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>

export type OptionValues<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer T> ? T : never
}

/** An option that takes any text. */
export function text(placeholder: string, fallback: string, summary: string): Option<string> {
  return { summary, placeholder, fallback, parse: (value) => value }
}

/** An option that takes any text, and may be left out. */
export function optionalText(placeholder: string, summary: string): Option<string | undefined> {
  return { summary, placeholder, fallback: undefined, parse: (value) => value }
}

/** An option that takes a whole number within bounds. */
export function integer(
  placeholder: string,
  fallback: number,
  bounds: { min: number; max: number },
  summary: string,
): Option<number> {
  return {
    summary,
    placeholder,
    fallback,
    parse(value, source) {
      const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
      if (number >= bounds.min && number <= bounds.max) return number
      throw new UsageError(`${source} must be a whole number from ${bounds.min} to ${bounds.max}, not '${value}'`)
    },
  }
}

/** An option that is there or not. In the environment: 1, true, yes, on; or 0, false, no, off. */
export function toggle(summary: string): Option<boolean> {
  return {
    summary,
    fallback: false,
    parse(value, source) {
      const word = value.toLowerCase()
      if (['1', 'true', 'yes', 'on'].includes(word)) return true
      if (['0', 'false', 'no', 'off'].includes(word)) return false
      throw new UsageError(`${source} must be 1 or 0, not '${value}'`)
    },
  }
}

/** The environment variable of an option: SLUICE_PAGE_PORT for `page-port`. */
export function environmentName(option: string): string {
  return `SLUICE_${option.toUpperCase().replaceAll('-', '_')}`
}

/**
 * Values of every option: the flag where given, else the environment variable where set, else the fallback.
 *
 * @throws UsageError for an unknown flag, a missing or impossible value, or an argument that is not a flag
 */
export function parseOptions<Table extends OptionTable>(
  table: Table,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): OptionValues<Table> {
  const given = flags(table, args)
  const values = Object.entries(table).map(([name, option]) => {
    const flag = given.get(name)
    if (flag !== undefined) return [name, option.parse(flag, `--${name}`)]
    const variable = environmentName(name)
    const fromEnvironment = environment[variable]
    // An empty variable is one that somebody unset in a file of settings.
    if (fromEnvironment !== undefined && fromEnvironment !== '') {
      return [name, option.parse(fromEnvironment, variable)]
    }
    return [name, option.fallback]
  })
  return Object.fromEntries(values) as OptionValues<Table>
}

function flags(table: OptionTable, args: readonly string[]): Map<string, string> {
  // Not strict: the tokens let us say which flag was meant instead of what the parser missed.
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(table).map(([name, option]) => [
        name,
        { type: option.placeholder === undefined ? 'boolean' : 'string' } as const,
      ]),
    ),
    strict: false,
    tokens: true,
  })
  const given = new Map<string, string>()
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue
    if (token.kind === 'positional') throw new UsageError(`unexpected argument '${token.value}'`)
    const option = Object.hasOwn(table, token.name) ? table[token.name] : undefined
    if (option === undefined) throw unknownOption(token.rawName, Object.keys(table))
    if (option.placeholder === undefined) {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`)
      given.set(token.name, 'true')
    } else {
      const missing = token.value === undefined || (!token.inlineValue && token.value.startsWith('--'))
      if (missing) throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${option.placeholder}`)
      given.set(token.name, token.value)
    }
  }
  return given
}

function unknownOption(flag: string, names: readonly string[]): UsageError {
  const wanted = flag.replace(/^-+/, '')
  const near = names.find((name) => wanted.length > 1 && (name.startsWith(wanted) || wanted.startsWith(name)))
  return new UsageError(`unknown option '${flag}'${near === undefined ? '' : `; did you mean --${near}?`}`)
}
