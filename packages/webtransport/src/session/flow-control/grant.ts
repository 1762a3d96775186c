import { flowControlError } from './allowance.ts'

/** When a higher limit is worth a capsule. */
export interface RefillPolicy {
  /** The share of the window that has come back. */
  readonly share: number
  /** A single unit is worth one when the peer has nothing left, so that batching never holds it up. */
  readonly eager: boolean
}

/**
 * What we allow the peer in a session, in streams of one kind or in bytes of data (draft-ietf-webtrans-http3, 5.6): so
 * much more than is over, which is its window.
 */
export class Grant {
  /** What it counts, for messages. */
  readonly #unit: string
  readonly #window: number
  readonly #step: number
  readonly #eager: boolean
  /** The limit that the peer knows. */
  #limit: number
  #used = 0
  #returned = 0

  /**
   * @param unit what it counts
   * @param window what the peer may hold at once; our SETTINGS told it
   */
  constructor(unit: string, window: number, { share, eager }: RefillPolicy) {
    this.#unit = unit
    this.#window = window
    this.#step = Math.max(1, Math.floor(window * share))
    this.#eager = eager
    this.#limit = window
  }

  /** The limit that the peer knows. */
  get limit(): number {
    return this.#limit
  }

  /** The peer used some. @throws H3StreamError WT_FLOW_CONTROL_ERROR beyond the limit that it knows */
  use(amount: number): void {
    this.#used += amount
    if (this.#used > this.#limit) throw flowControlError(`the peer used ${this.#used} ${this.#unit} of ${this.#limit}`)
  }

  /** Some of it is over: as much may be used again. */
  return(amount: number): void {
    this.#returned += amount
  }

  /** A new limit to tell the peer; undefined when it is not worth it yet. Once it is taken it holds. */
  takeLimit(): number | undefined {
    // Numbers above are rounded; a window that large is never used up.
    const limit = Math.min(this.#returned + this.#window, Number.MAX_SAFE_INTEGER)
    const worth = this.#eager && this.#used === this.#limit ? 1 : this.#step
    if (limit - this.#limit < worth) return undefined
    this.#limit = limit
    return limit
  }
}
