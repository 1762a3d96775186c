import type { Millis } from './types.ts'

/** For how long a late timer says something of the present. */
const LATELY: Millis = 1_000

/** How late the event loop has lately been, by timers that say when they were due. */
export class LagMeter {
  #worst: Millis = 0
  #measuredAt: Millis = Number.NEGATIVE_INFINITY

  /** A timer runs. @param due when it should have run */
  ran(due: Millis, now: Millis): void {
    const late = Math.max(0, now - due)
    if (late < this.lately(now)) return
    this.#worst = late
    this.#measuredAt = now
  }

  /** The longest that a timer was late within the last second. */
  lately(now: Millis): Millis {
    return now - this.#measuredAt < LATELY ? this.#worst : 0
  }
}
