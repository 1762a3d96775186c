import { readArguments, wholeNumber } from '../command-line.ts'
import { keepIn } from '../docs/kept.ts'
import { UsageError } from '../errors.ts'
import { failureLines, resultText } from '../result-text.ts'
import { type HealthyPair, healthyPairs } from './pairs.ts'
import { type JudgedVerdict, type PairResult, PairTraffic } from './traffic.ts'

const usage = `usage: npm run sluice -- lab healthy [options]

Mixed, healthy traffic at a moderate rate in both directions of a connection for each pair of peers: streams one at a time,
bursts above the limit, idle streams, slow readers, large bodies, messages, aborts, silence. Every verdict that calls for
something is heard, and is a false alarm unless it is proved to be true: late-event-loop when a timer of the same process
was late for half as long or more, limit-too-small while a burst above the limit goes on. Exit code 1 when there is a false
alarm, when a stream or message is lost, when a connection ends, or when a stream is alive at the end.

  --minutes COUNT   how long (default 60)
  --pair A,B        only this pair, dialer first; may be repeated
  --seed COUNT      decides what comes when (default 1)
  --results FILE    keep the figures in this file; npm run docs:alarms reads lab/results/healthy.json
  --json            one JSON object a pair on standard output instead of text, and one a verdict on standard error
`

export interface HealthyOptions {
  readonly milliseconds: number
  readonly pairs: readonly HealthyPair[]
  readonly seed: number
  readonly results: string | undefined
  readonly json: boolean
}

/** What is kept of a run. */
export interface HealthyFigures {
  readonly minutes: number
  readonly seed: number
  /** Of this process and all peers and browsers, of one core. */
  readonly pairs: readonly PairResult[]
}

/** Runs `healthy` with these arguments and says with which exit code to end. @throws UsageError */
export async function healthy(args: readonly string[]): Promise<number> {
  const options = parseHealthyOptions(args)
  if (options === undefined) {
    process.stdout.write(usage)
    return 0
  }
  const { milliseconds, pairs, seed, results, json } = options
  const tell = (verdict: JudgedVerdict): void => {
    process.stderr.write(`${json ? JSON.stringify(verdict) : verdictText(verdict)}\n`)
  }
  const traffic = pairs.map((pair, index) => new PairTraffic(pair, seed * 1_000 + index, tell))
  const figures: PairResult[] = []
  try {
    // One after the other: browsers that start take all there is.
    for (const one of traffic) await one.connect()
    process.stderr.write(`${traffic.length} pairs are connected\n`)
    for (const result of await Promise.all(traffic.map((one) => one.run(milliseconds)))) {
      figures.push(result)
      process.stdout.write(`${json ? JSON.stringify(result) : pairText(result)}\n`)
    }
  } finally {
    for (const one of traffic) await one.close()
  }
  const kept: HealthyFigures = { minutes: milliseconds / 60_000, seed, pairs: figures }
  if (results !== undefined) keepIn(results, `${kept.minutes} minutes, seed ${seed}`, kept)
  return figures.every(({ ok }) => ok) ? 0 : 1
}

/** undefined: help is wanted. @throws UsageError */
export function parseHealthyOptions(args: readonly string[]): HealthyOptions | undefined {
  const values = parse(args)
  if (values.help) return undefined
  const minutes = Number(values.minutes)
  if (!Number.isFinite(minutes) || minutes <= 0 || minutes > 10_000)
    throw new UsageError(`--minutes takes a number above 0, not ${values.minutes}`)
  const seed = wholeNumber('--seed', values.seed, 0)
  const pairs = values.pair?.map(pairOf) ?? healthyPairs
  return { milliseconds: minutes * 60_000, pairs, seed, results: values.results, json: values.json }
}

function parse(args: readonly string[]) {
  return readArguments(args, {
    options: {
      minutes: { type: 'string', default: '60' },
      pair: { type: 'string', multiple: true },
      seed: { type: 'string', default: '1' },
      results: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values
}

function pairOf(text: string): HealthyPair {
  const found = healthyPairs.find(({ dialer, listener }) => `${dialer},${listener}` === text)
  if (found === undefined)
    throw new UsageError(
      `--pair takes one of ${healthyPairs.map(({ dialer, listener }) => `${dialer},${listener}`).join(' ')}, not ${text}`,
    )
  return found
}

function verdictText({ pair, end, why, at, verdict }: JudgedVerdict): string {
  const head = `${why === null ? 'FALSE ALARM' : `true (${why})`}: ${pair}, at ${end}, ${new Date(at).toISOString()}`
  return `${head}: ${verdict.code}: ${verdict.summary}\n  ${JSON.stringify(verdict.proof)}`
}

function pairText({ ok, pair, streams, lost, bytes, disconnects, alive, verdicts, failures }: PairResult): string {
  const alarms = verdicts.filter(({ why }) => why === null).length
  const text =
    `${pair}: ${streams} streams, ${lost} lost, ${(bytes / 1024 ** 2).toFixed(1)} MiB echoed, ` +
    `${alarms} false alarms, ${verdicts.length - alarms} true ones, ${disconnects} disconnects`
  return resultText(ok, text, [...(alive === '' ? [] : [alive]), ...failureLines(failures)])
}
