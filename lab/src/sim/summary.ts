import type { Millis } from '@sluice/credit'
import type { SeedResult } from './seed.ts'

/** Times to the verdict on one culprit. */
export interface AccusationFigures {
  readonly verdicts: number
  readonly median: Millis
  readonly longest: Millis
}

/** The figures of many seeds. */
export interface SimFigures {
  readonly from: number
  readonly seeds: number
  readonly failed: number
  readonly streams: number
  readonly bytes: number
  readonly virtualMs: Millis
  readonly seconds: number
  /** Runs over each network. */
  readonly networks: Readonly<Record<string, number>>
  /** Looks at which each verdict was seen in healthy traffic, its end included. */
  readonly verdicts: Readonly<Record<string, number>>
  readonly accusations: Readonly<Record<string, AccusationFigures>>
}

/** Adds up what came of many seeds. */
export class Summary {
  readonly #from: number
  readonly #started = performance.now()
  #failed = 0
  #seeds = 0
  #streams = 0
  #bytes = 0
  #virtualMs = 0
  readonly #networks: Record<string, number> = {}
  readonly #verdicts: Record<string, number> = {}
  readonly #accusations = new Map<string, Millis[]>()

  /** @param from the first seed */
  constructor(from: number) {
    this.#from = from
  }

  get failed(): number {
    return this.#failed
  }

  add({ ok, network, streams, muxerStreams, bytes, virtualMs, verdicts, accusation }: SeedResult): void {
    this.#seeds += 1
    if (!ok) this.#failed += 1
    this.#streams += streams + muxerStreams
    this.#bytes += bytes
    this.#virtualMs += virtualMs
    count(this.#networks, network, 1)
    for (const [code, looks] of Object.entries(verdicts)) count(this.#verdicts, code, looks)
    const times = this.#accusations.get(accusation.culprit) ?? []
    this.#accusations.set(accusation.culprit, times)
    if (accusation.verdictMs !== undefined) times.push(accusation.verdictMs)
  }

  get figures(): SimFigures {
    return {
      from: this.#from,
      seeds: this.#seeds,
      failed: this.#failed,
      streams: this.#streams,
      bytes: this.#bytes,
      virtualMs: this.#virtualMs,
      seconds: Math.round(performance.now() - this.#started) / 1_000,
      networks: this.#networks,
      verdicts: this.#verdicts,
      accusations: Object.fromEntries([...this.#accusations].map(([culprit, times]) => [culprit, figuresOf(times)])),
    }
  }

  /** For people. */
  text(): string {
    const { seeds, failed, streams, bytes, virtualMs, seconds, verdicts, accusations } = this.figures
    const lines = [
      `${seeds} seeds, ${failed} failed: ${streams} streams, ${(bytes / 2 ** 20).toFixed(1)} MiB, ` +
        `${(virtualMs / 3_600_000).toFixed(1)} hours of virtual time in ${seconds.toFixed(1)} s`,
      `verdicts in healthy traffic: ${Object.entries(verdicts)
        .map(([code, looks]) => `${code} ${looks}`)
        .join(', ')}`,
      ...Object.entries(accusations).map(([culprit, figures]) => `${culprit}: ${describeTimes(figures)}`),
    ]
    return `${lines.join('\n')}\n`
  }
}

function count(counts: Record<string, number>, name: string, times: number): void {
  counts[name] = (counts[name] ?? 0) + times
}

function figuresOf(times: readonly Millis[]): AccusationFigures {
  const sorted = times.toSorted((a, b) => a - b)
  return {
    verdicts: sorted.length,
    median: Math.round(sorted[sorted.length >> 1] ?? 0),
    longest: Math.round(sorted.at(-1) ?? 0),
  }
}

function describeTimes({ verdicts, median, longest }: AccusationFigures): string {
  return verdicts === 0 ? 'no verdict' : `${verdicts} verdicts, median ${median} ms, longest ${longest} ms`
}
