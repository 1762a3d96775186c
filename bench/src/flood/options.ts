import { readArguments, wholeNumber } from '../command-line.ts'

/** A timer takes no longer span, in milliseconds. */
const LONGEST_SPAN = 2 ** 31 - 1

export const usage = `Usage: npm run bench:flood -- [OPTION ...]

Measures what hostile peers cost a server with the limits of a public node, and what is left of the stream rate of an
honest one meanwhile. What came of it goes to standard output, progress to standard error.

  --json FILE    write the result, with every round, to FILE
  --span MS      length of what is measured, in milliseconds, at least 1; default 6000
  --rounds N     rounds, at least 1; default 3
  --help         this text

Exit code 0: all within its bounds, 1: an attack costs more than it may, or something failed, 2: bad usage,
130: interrupted. npm run bench:flood:docs writes the figures of bench/flood.json into docs/limits.md.
`

export interface FloodOptions {
  readonly help: boolean
  readonly json: string | undefined
  /** Milliseconds. */
  readonly span: number
  readonly rounds: number
}

/** @throws UsageError */
export function parseFloodOptions(args: readonly string[]): FloodOptions {
  const { values } = readArguments(args, {
    options: {
      help: { type: 'boolean', default: false },
      json: { type: 'string' },
      span: { type: 'string', default: '6000' },
      rounds: { type: 'string', default: '3' },
    },
  })
  return {
    help: values.help,
    json: values.json,
    span: wholeNumber('--span', values.span, LONGEST_SPAN),
    rounds: wholeNumber('--rounds', values.rounds),
  }
}
