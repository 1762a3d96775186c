import { readArguments, wholeNumber } from './command-line.ts'
import { contenders } from './contenders.ts'
import { UsageError } from './errors.ts'
import { measureNames, measures } from './measures.ts'

export const usage = `Usage: npm run bench -- [OPTION ...]

Measures Sluice, go-libp2p, webtransport-go and js-libp2p over TCP side by side on this machine, each end a process of
its own on loopback, in interleaved rounds. The table goes to standard output, progress to standard error.

  --json FILE      write the result, with every sample, to FILE
  --quick          short samples: shows that the bench runs, proves nothing
  --rounds N       rounds, at least 1; default 5, with --quick 3
  --only NAME      only contenders whose name begins with NAME; may be repeated
  --measure NAME   only this measure; may be repeated
  --profile DIR    run our processes under Node's CPU profiler, leave those of the last round in DIR, print the
                   top functions
  --help           this text

contenders  ${contenders.map(({ name }) => name).join(', ')}
measures    ${measureNames.join(', ')}

Exit code 0: all was measured (targets may be missed), 1: something failed, 2: bad usage, 130: interrupted.
npm run bench:docs writes docs/benchmarks.md from bench/results.json.
`

export interface Options {
  readonly help: boolean
  readonly json: string | undefined
  readonly quick: boolean
  readonly rounds: number
  readonly only: readonly string[]
  readonly measures: readonly string[]
  readonly profile: string | undefined
}

/** @throws UsageError */
export function parseOptions(args: readonly string[]): Options {
  const values = parse(args)
  const quick = values.quick ?? false
  const rounds = values.rounds === undefined ? (quick ? 3 : 5) : wholeNumber('--rounds', values.rounds)
  const only = values.only ?? []
  for (const prefix of only) {
    if (!contenders.some(({ name }) => name.startsWith(prefix))) {
      throw new UsageError(`--only ${prefix} fits none of ${contenders.map(({ name }) => name).join(', ')}`)
    }
  }
  const chosen = values.measure ?? []
  for (const name of chosen) {
    if (!measures.some((measure) => measure.name === name)) {
      throw new UsageError(`--measure ${name} is none of ${measureNames.join(', ')}`)
    }
  }
  return {
    help: values.help ?? false,
    json: values.json,
    quick,
    rounds,
    only,
    measures: chosen,
    profile: values.profile,
  }
}

function parse(args: readonly string[]) {
  return readArguments(args, {
    options: {
      help: { type: 'boolean' },
      json: { type: 'string' },
      quick: { type: 'boolean' },
      rounds: { type: 'string' },
      only: { type: 'string', multiple: true },
      measure: { type: 'string', multiple: true },
      profile: { type: 'string' },
    },
  }).values
}
