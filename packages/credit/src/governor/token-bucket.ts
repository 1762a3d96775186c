import type { Millis } from '../types.ts'

/** Something that comes at a steady rate and is saved up to a bound. Infinite rates and bounds are no bounds. */
export class TokenBucket {
  readonly #perSecond: number
  readonly #most: number
  #tokens: number
  #at: Millis

  /** @param most what can be saved up, and what there is at the start */
  constructor(perSecond: number, most: number, now: Millis) {
    this.#perSecond = perSecond
    this.#most = most
    this.#tokens = most
    this.#at = now
  }

  /** Whole tokens that there are now. */
  available(now: Millis): number {
    if (this.#perSecond === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY
    if (now > this.#at) {
      this.#tokens = Math.min(this.#most, this.#tokens + ((now - this.#at) * this.#perSecond) / 1_000)
      this.#at = now
    }
    return Math.floor(this.#tokens)
  }

  /** Takes tokens that are available. */
  take(count: number): void {
    this.#tokens -= count
  }

  /** When there will be so many, as far as is known now; what can never be saved up comes when all that can has. */
  readyAt(count: number, now: Millis): Millis {
    const missing = Math.min(count, this.#most) - this.#tokens
    return this.available(now) >= count ? now : now + Math.max(1, Math.ceil((missing * 1_000) / this.#perSecond))
  }
}
