import { ErrorCode, H3StreamError } from '@sluice/h3'

/**
 * What the peer allows us in a session, in streams of one kind or in bytes of data (draft-ietf-webtrans-http3, 5.6).
 *
 * The limit is cumulative: what has been used counts for ever, so only a higher limit gives more.
 */
export class Allowance {
  /** What it counts, for messages. */
  readonly #unit: string
  readonly #max: number
  #limit: number
  #used = 0
  /** The limit at which the peer was last told that we want more. */
  #toldAt: number | undefined
  #wantsMore = false

  /**
   * @param initial what the peer's SETTINGS allow
   * @param max what no limit may exceed
   */
  constructor(unit: string, initial: number, max: number) {
    this.#unit = unit
    this.#max = max
    this.#limit = initial
  }

  get limit(): number {
    return this.#limit
  }

  /** What may be used now. */
  get available(): number {
    return this.#limit - this.#used
  }

  /** @throws RangeError for more than is available */
  use(amount: number): void {
    if (amount > this.available) throw new RangeError(`${amount} ${this.#unit} used of ${this.available}`)
    this.#used += amount
  }

  /** Some of it was used in vain, and the peer does not know: it can be used again. */
  withdraw(amount: number): void {
    if (amount > this.#used) throw new RangeError(`${amount} ${this.#unit} withdrawn of ${this.#used}`)
    this.#used -= amount
  }

  /** More is wanted than is available: the peer is told, once for each limit. */
  block(): void {
    if (this.#toldAt !== this.#limit) this.#wantsMore = true
  }

  /** The limit to tell the peer of as the one that holds us back; undefined when there is nothing to tell. */
  takeBlocked(): number | undefined {
    if (!this.#wantsMore) return undefined
    this.#wantsMore = false
    this.#toldAt = this.#limit
    return this.#limit
  }

  /**
   * The peer sent a new limit.
   *
   * @throws H3StreamError WT_FLOW_CONTROL_ERROR for one that is not higher, or that is higher than can be
   */
  raise(limit: number): void {
    checkLimit(this.#unit, limit, this.#max)
    // Beyond 2^53 numbers are rounded, and nobody can tell whether one is higher than another (packages/h3, varint.ts).
    const exact = Number.isSafeInteger(this.#limit)
    if (limit < this.#limit || (limit === this.#limit && exact)) {
      throw flowControlError(`the limit of ${this.#unit} went from ${this.#limit} to ${limit}: it can only be raised`)
    }
    this.#limit = limit
    this.#wantsMore = false
  }
}

/** @throws H3StreamError WT_FLOW_CONTROL_ERROR */
export function checkLimit(unit: string, limit: number, max: number): void {
  if (limit > max) throw flowControlError(`a limit of ${limit} ${unit} is more than ${max}`)
}

/** The session ends with WT_FLOW_CONTROL_ERROR: its CONNECT stream is reset with it (draft-ietf-webtrans-http3, 5.6). */
export function flowControlError(message: string): H3StreamError {
  return new H3StreamError(ErrorCode.WT_FLOW_CONTROL_ERROR, message)
}
