import type { Millis } from '@sluice/credit'

/** How often a peer may ask on one connection. */
const MIN_INTERVAL: Millis = 1_000

/** What clocks and timers may be off by for a peer that asks exactly so often. */
const TOLERANCE: Millis = 100

/** Bounds how often each of many keys may do something. */
export class RateBound<Key extends object> {
  readonly #last = new WeakMap<Key, Millis>()
  readonly #now: () => Millis
  readonly #interval: Millis

  constructor(now: () => Millis, interval: Millis = MIN_INTERVAL) {
    this.#now = now
    this.#interval = interval
  }

  /** Whether it may now; if so this counts as done. */
  take(key: Key): boolean {
    const now = this.#now()
    const last = this.#last.get(key)
    if (last !== undefined && now - last < this.#interval - TOLERANCE) return false
    this.#last.set(key, now)
    return true
  }
}
