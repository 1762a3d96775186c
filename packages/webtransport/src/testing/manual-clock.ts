import type { Millis } from '@sluice/credit'
import type { Clock } from '../clock.ts'

/** Time that passes only when a test says so. */
export class ManualClock implements Clock {
  #now: Millis = 0
  readonly #timers = new Set<{ readonly at: Millis; readonly run: () => void }>()

  now(): Millis {
    return this.#now
  }

  after(delay: Millis, run: () => void): () => void {
    const timer = { at: this.#now + delay, run }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Timers that have not run: a leak when everything is over. */
  get pending(): number {
    return this.#timers.size
  }

  /** The event loop is held up: time passes, and the timers that were due in it run late. */
  hold(by: Millis): void {
    this.#now += by
    const late = [...this.#timers].filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at)
    for (const timer of late) if (this.#timers.delete(timer)) timer.run()
  }

  /** Lets time pass; timers run in their order. */
  advance(by: Millis): void {
    const until = this.#now + by
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#timers.delete(next)
      this.#now = next.at
      next.run()
    }
    this.#now = until
  }
}
