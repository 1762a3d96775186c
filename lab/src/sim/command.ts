import { readArguments, wholeNumber } from '../command-line.ts'
import { keepIn } from '../docs/kept.ts'
import { UsageError } from '../errors.ts'
import { runSeed } from './seed.ts'
import { Summary } from './summary.ts'

const USAGE = `usage: npm run sim -- [options]

Two WebTransport sessions over the real QUIC engine in virtual time: seeded loss, delay, reordering and application behaviour.
Each seed is one run of healthy traffic and one culprit. Credit must come back, data arrive, nothing hang, and each verdict
be true. Exit code 1 when a seed fails.

  --seeds N       how many seeds (default 100)
  --from S        the first of them (default 1)
  --verbose       every stream and verdict as it comes
  --json          one JSON object a seed on standard output
  --results FILE  keep the figures in this file, beside those of other seeds; npm run docs:alarms reads
                  lab/results/simulator.json
  --help
`

interface Options {
  readonly seeds: number
  readonly from: number
  readonly verbose: boolean
  readonly json: boolean
  readonly results: string | undefined
  readonly help: boolean
}

/** @throws UsageError */
export function parseSimOptions(args: readonly string[]): Options {
  const { values } = readArguments(args, {
    options: {
      seeds: { type: 'string', default: '100' },
      from: { type: 'string', default: '1' },
      verbose: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      results: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { seeds, from, results } = values
  return { ...values, results, seeds: wholeNumber('--seeds', seeds), from: wholeNumber('--from', from, 0) }
}

/** Runs the command; its exit code. */
export async function sim(args: readonly string[]): Promise<number> {
  let options: Options
  try {
    options = parseSimOptions(args)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`${error.message}\n\n${USAGE}`)
    return 2
  }
  if (options.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const { seeds, from, verbose, json, results } = options
  const summary = new Summary(from)
  const trace = (line: string): void => void process.stderr.write(`${line}\n`)
  for (let seed = from; seed < from + seeds; seed++) {
    const result = await runSeed(seed, verbose ? trace : undefined)
    summary.add(result)
    if (json) process.stdout.write(`${JSON.stringify(result)}\n`)
    if (!result.ok) {
      clearLine()
      process.stderr.write(
        `seed ${seed} failed over ${result.network}:\n${result.faults.map((fault) => `  ${fault}\n`).join('')}` +
          `  replay: npm run sim -- --seeds 1 --from ${seed} --verbose\n`,
      )
    }
    if (process.stderr.isTTY && !verbose) {
      clearLine()
      process.stderr.write(`seed ${seed}, ${seed - from + 1} of ${seeds}, ${summary.failed} failed`)
    }
  }
  clearLine()
  const out = json ? process.stderr : process.stdout
  out.write(summary.text())
  if (results !== undefined) keepIn(results, `${from} to ${from + seeds - 1}`, summary.figures)
  return summary.failed > 0 ? 1 : 0
}

function clearLine(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K')
}
