/** How late a timer may once have been to count as late now, in milliseconds. */
const LATELY = 5_000

/** How late a timer of our own is: what an event loop looks like to those who do not ask the transport. */
export class TimerLag {
  readonly #every: number
  #ranAt = Number.POSITIVE_INFINITY
  /** When it was late, and by how much. */
  #late: { readonly at: number; readonly by: number }[] = []

  /** @param every how often the timer should run, in milliseconds */
  constructor(every: number) {
    this.#every = every
  }

  /** It runs. */
  ran(now: number): void {
    const by = this.#overdue(now)
    this.#late = this.#late.filter(({ at }) => now - at < LATELY)
    if (by > this.#every) this.#late.push({ at: now, by })
    this.#ranAt = now
  }

  /** By how much it is late, or was at most in the last seconds. */
  lately(now: number): number {
    const lately = this.#late.filter(({ at }) => now - at < LATELY)
    return lately.reduce((most, { by }) => Math.max(most, by), this.#overdue(now))
  }

  #overdue(now: number): number {
    return Math.max(0, now - this.#ranAt - this.#every)
  }
}
