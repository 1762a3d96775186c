import type { SeedResult } from './seed.ts'

/** The figures of many seeds. */
export class Summary {
  failed = 0
  readonly #started = performance.now()
  #seeds = 0
  #streams = 0
  #bytes = 0
  #virtualMs = 0
  readonly #verdicts = new Map<string, number>()
  readonly #accusations = new Map<string, number[]>()

  add({ ok, streams, bytes, virtualMs, verdicts, accusation }: SeedResult): void {
    this.#seeds += 1
    if (!ok) this.failed += 1
    this.#streams += streams
    this.#bytes += bytes
    this.#virtualMs += virtualMs
    for (const [code, count] of Object.entries(verdicts))
      this.#verdicts.set(code, (this.#verdicts.get(code) ?? 0) + count)
    const times = this.#accusations.get(accusation.culprit) ?? []
    this.#accusations.set(accusation.culprit, times)
    if (accusation.verdictMs !== undefined) times.push(accusation.verdictMs)
  }

  /** For people. */
  text(): string {
    const seconds = (performance.now() - this.#started) / 1_000
    const lines = [
      `${this.#seeds} seeds, ${this.failed} failed: ${this.#streams} streams, ${(this.#bytes / 2 ** 20).toFixed(1)} MiB, ` +
        `${(this.#virtualMs / 3_600_000).toFixed(1)} hours of virtual time in ${seconds.toFixed(1)} s`,
      `verdicts in healthy traffic: ${[...this.#verdicts].map(([code, count]) => `${code} ${count}`).join(', ')}`,
      ...[...this.#accusations].map(([culprit, times]) => `${culprit}: ${describeTimes(times)}`),
    ]
    return `${lines.join('\n')}\n`
  }
}

function describeTimes(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b)
  const middle = sorted[sorted.length >> 1]
  const last = sorted.at(-1)
  if (middle === undefined || last === undefined) return 'no verdict'
  return `${times.length} verdicts, median ${Math.round(middle)} ms, longest ${Math.round(last)} ms`
}
