import type { Millis } from './types.ts'

/** For how long a late timer says something of the present. */
const LATELY: Millis = 1_000

/** How late the event loop is, or has lately been, by a timer that says when it is due. */
export class LagMeter {
  #due: Millis = Number.POSITIVE_INFINITY
  #worst: Millis = 0
  /** When the worst is forgotten. */
  #until: Millis = 0

  /** The timer runs now, or is not waited for any more. @param due when the next one is to run, if there is one */
  next(now: Millis, due: Millis = Number.POSITIVE_INFINITY): void {
    const late = now - this.#due
    this.#due = due
    if (late < this.lately(now)) return
    this.#worst = late
    this.#until = now + LATELY
  }

  /**
   * How late the timer is, or was at most within the last second. One that is overdue is late before it runs: whoever
   * asks may have been called before it, and before all that came while the loop was held up.
   */
  lately(now: Millis): Millis {
    return Math.max(now - this.#due, now < this.#until ? this.#worst : 0)
  }
}
