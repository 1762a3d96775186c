import type { StreamCounts } from './types.ts'

/** When the owner of a limit raises it for streams that are over. */
export type RefillPolicy =
  /** For each of them: quic-go, neqo. */
  | { readonly kind: 'each' }
  /** Once they make more than this share of the window: an eighth for quinn, a tenth for s2n-quic, half for Chromium. */
  | { readonly kind: 'step'; readonly fraction: number }
  | { readonly kind: 'unknown' }

/** The largest share of a window that a known stack saves up: google/quiche's, which is Chromium's. */
const LARGEST_STEP = 1 / 2

/** How many streams that are over the owner of a limit may keep back with nothing being wrong. */
export function keptBack(policy: RefillPolicy, window: number): number {
  switch (policy.kind) {
    case 'each':
      return 0
    case 'step':
      return Math.floor(window * policy.fraction)
    case 'unknown':
      return Math.floor(window * LARGEST_STEP)
  }
}

/** Raises after which something is known. */
const RAISES_NEEDED = 4

/** Raises after which nothing new is expected, so that watching costs nothing any more. */
const RAISES_WATCHED = 32

/**
 * Learns a peer's policy from how it raises a limit.
 *
 * The smallest raise tells: a peer that saves credit up never gives less than its step, one that does not gives one
 * stream now and then, though often more, when several ended together. To take a step for too large is the safe
 * mistake. It is watched for raises only; of a raise that was missed the next is only the larger.
 */
export class RefillLearner {
  readonly #window: number
  #limit: number
  #smallest = Number.POSITIVE_INFINITY
  #raises = 0

  /** @param window the limit at the start of the connection */
  constructor(window: number) {
    this.#window = window
    this.#limit = window
  }

  /** False once raises need not be told any more. */
  get watching(): boolean {
    return this.#raises < RAISES_WATCHED
  }

  /** The counts after a raise. A limit that is not higher than the last is no raise. */
  raised({ limit, opened }: Pick<StreamCounts, 'limit' | 'opened'>): void {
    const step = limit - this.#limit
    if (step <= 0 || !this.watching) return
    this.#limit = limit
    // More than could be over: the window grew, which says nothing of how it is refilled.
    if (limit > this.#window + opened) return
    this.#raises += 1
    this.#smallest = Math.min(this.#smallest, step)
  }

  get policy(): RefillPolicy {
    if (this.#raises < RAISES_NEEDED) return { kind: 'unknown' }
    return this.#smallest === 1 ? { kind: 'each' } : { kind: 'step', fraction: this.#smallest / this.#window }
  }
}
