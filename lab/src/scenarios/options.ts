import { readArguments, wholeNumber } from '../command-line.ts'
import { UsageError } from '../errors.ts'
import { scenarios } from './all.ts'
import { requiredNames } from './required.ts'
import type { Scenario } from './scenario.ts'

/** Streams in each direction when nobody says how many: enough to use up the limit of every peer several times. */
const STREAMS = 500

/** What `lab list`, `lab run` and `lab matrix` understand. */
export interface LabOptions {
  readonly chosen: readonly Scenario[]
  readonly json: boolean
  readonly streams: number
  /** Runs of each scenario. */
  readonly repeat: number
  /** File that keeps the runs with all their figures. */
  readonly results: string | undefined
  /** File for the page of the matrix. */
  readonly html: string | undefined
}

/** @throws UsageError */
export function parseLabOptions(command: 'list' | 'run' | 'matrix', args: readonly string[]): LabOptions {
  const { values, positionals } = parse(args)
  if (command === 'run' && values.all !== true && values.required !== true && positionals.length === 0) {
    throw new UsageError('lab run needs the names of scenarios, --required or --all; lab list prints them')
  }
  return {
    chosen: choose(values.required === true ? [...requiredNames(), ...positionals] : positionals),
    json: values.json ?? false,
    streams: wholeNumber('--streams', values.streams ?? String(STREAMS)),
    repeat: wholeNumber('--repeat', values.repeat ?? '1'),
    results: values.results,
    html: values.html,
  }
}

function parse(args: readonly string[]) {
  return readArguments(args, {
    allowPositionals: true,
    options: {
      all: { type: 'boolean' },
      required: { type: 'boolean' },
      json: { type: 'boolean' },
      streams: { type: 'string' },
      repeat: { type: 'string' },
      results: { type: 'string' },
      html: { type: 'string' },
    },
  })
}

/** Scenarios by name, or by the beginning of their names with a star behind it; none given: all of them. */
function choose(names: readonly string[]): readonly Scenario[] {
  if (names.length === 0) return scenarios
  return names.flatMap((name) => {
    const found = scenarios.filter((one) =>
      name.endsWith('*') ? one.name.startsWith(name.slice(0, -1)) : one.name === name,
    )
    if (found.length === 0) throw new UsageError(`no scenario is called '${name}'; lab list prints them`)
    return found
  })
}
