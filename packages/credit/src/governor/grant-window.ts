import type { Millis, StreamCounts } from '../types.ts'
import { TokenBucket } from './token-bucket.ts'

/** What one connection may have of one kind of stream. */
export interface WindowBounds {
  /** Streams at once that it always gets: the limit that it was told at the start. */
  readonly floor: number
  /** Streams at once that it never gets more than. */
  readonly ceiling: number
}

export interface WindowPolicy {
  /** Time without need after which a window is halved. */
  readonly idleTime: Millis
  /** Streams a second that a window gives back at most. */
  readonly refillPerSecond: number
  /** As that, of streams that did no work. */
  readonly wastedPerSecond: number
}

/** What happened to the streams of one window since it was last told of. */
export interface WindowNews {
  /** The engine's counts of this moment. */
  readonly counts: Omit<StreamCounts, 'accepted'>
  /** The peer said STREAMS_BLOCKED. */
  readonly blocked: boolean
  /** How many of the streams that were retired did no work: reset by the peer, or never told what they are. */
  readonly wasted: number
}

/** Seconds of a rate that are saved up, but never less than a window. */
const SAVED = 1 / 4

/** Whoever may open no more than this share of what it holds is busy. */
const NEARLY_USED = 1 / 4

/** Less than this share of a window is not worth a MAX_STREAMS frame as long as its owner is not busy. */
const STEP = 1 / 8

/**
 * The credit of one connection for one kind of stream: how large its window is by need, and how much of it is out.
 *
 * What is granted cannot be taken back (RFC 9000, 4.6), so a window shrinks by not replacing streams that are retired.
 */
export class GrantWindow {
  readonly floor: number
  readonly ceiling: number
  readonly #policy: WindowPolicy
  readonly #refill: TokenBucket
  readonly #wasted: TokenBucket
  #size: number
  #limit: number
  #opened = 0
  #retired = 0
  #blocked = false
  #neededAt: Millis
  /** Retired streams whose credit the rates keep back. */
  #keptByRefill = 0
  #keptByWaste = 0

  constructor({ floor, ceiling }: WindowBounds, policy: WindowPolicy, now: Millis) {
    this.floor = floor
    this.ceiling = Math.max(floor, ceiling)
    this.#policy = policy
    this.#size = floor
    this.#limit = floor
    this.#neededAt = now
    this.#refill = new TokenBucket(policy.refillPerSecond, Math.max(this.ceiling, policy.refillPerSecond * SAVED), now)
    this.#wasted = new TokenBucket(policy.wastedPerSecond, Math.max(this.ceiling, policy.wastedPerSecond * SAVED), now)
  }

  /** Streams at once that are meant for it now. */
  get size(): number {
    return this.#size
  }

  /** Streams that were granted and are not retired. */
  get outstanding(): number {
    return this.#limit - this.#retired
  }

  /** How much of that is beyond the floor. */
  get extra(): number {
    return Math.max(0, this.outstanding - this.floor)
  }

  /** Streams that the peer may open now. */
  get available(): number {
    return this.#limit - this.#opened
  }

  /** Streams that were opened and are not retired. */
  get live(): number {
    return this.#opened - this.#retired
  }

  /** Its owner wants more than it has, or soon will. */
  get busy(): boolean {
    return this.#blocked || this.available <= Math.min(this.#size, Math.max(this.floor, this.live)) * NEARLY_USED
  }

  /** Retired streams whose credit is given back later. */
  get kept(): number {
    return Math.max(this.#keptByRefill, this.#keptByWaste)
  }

  /** Takes in what happened; the credit of wasted streams is kept back until `release`. */
  observe({ counts, blocked, wasted }: WindowNews, now: Millis): void {
    this.#keptByRefill += counts.retired - this.#retired
    this.#keptByWaste += wasted
    this.#limit = counts.limit
    this.#opened = counts.opened
    this.#retired = counts.retired
    this.#blocked ||= blocked
    this.#releaseRefill(now)
    if (this.busy) this.#neededAt = now
    else this.#shrink(now)
  }

  /**
   * Lets go of what the rates kept back, as far as they allow now.
   *
   * @param waste the tokens for wasted streams that all windows share
   * @returns whether that was anything
   */
  release(waste: TokenBucket, now: Millis): boolean {
    const refilled = this.#releaseRefill(now)
    const wasted = Math.min(this.#keptByWaste, this.#wasted.available(now), waste.available(now))
    this.#wasted.take(wasted)
    waste.take(wasted)
    this.#keptByWaste -= wasted
    return refilled + wasted > 0
  }

  /** When `release` will let go of a step's worth; infinite: nothing is kept back. */
  releaseAt(waste: TokenBucket, now: Millis): Millis {
    if (this.kept === 0) return Number.POSITIVE_INFINITY
    const step = Math.max(1, Math.floor(this.#size * STEP))
    const worth = (kept: number) => Math.min(kept, step)
    return Math.max(
      this.#refill.readyAt(worth(this.#keptByRefill), now),
      this.#wasted.readyAt(worth(this.#keptByWaste), now),
      waste.readyAt(worth(this.#keptByWaste), now),
    )
  }

  /** Doubles the window of an owner that needs more, unless it is one of those that the rates hold. */
  grow(): void {
    if (this.busy && this.kept === 0) this.#size = Math.min(this.ceiling, Math.max(1, this.#size * 2))
  }

  /**
   * Streams that should be granted now.
   *
   * @param spare credit at most to leave unused in the peer's hands
   */
  wanted(spare: number): number {
    const aim = Math.min(this.#size, this.live + Math.max(this.floor, spare))
    const missing = aim - this.outstanding - this.kept
    return missing >= this.#size * STEP || this.busy ? Math.max(0, missing) : 0
  }

  /** So many streams may be opened before its owner can be busy. */
  get opensToSpare(): number {
    return Math.floor(this.available - this.#size * NEARLY_USED)
  }

  /** So many streams may be retired before a grant is worth a frame. */
  get retirementsToSpare(): number {
    return Math.ceil(this.#size * STEP) - Math.max(0, this.#size - this.outstanding)
  }

  granted(count: number): void {
    this.#limit += count
    if (count > 0) this.#blocked = false
  }

  #releaseRefill(now: Millis): number {
    const refilled = Math.min(this.#keptByRefill, this.#refill.available(now))
    this.#refill.take(refilled)
    this.#keptByRefill -= refilled
    return refilled
  }

  #shrink(now: Millis): void {
    const { idleTime } = this.#policy
    while (this.#size > this.floor && now - this.#neededAt >= idleTime) {
      this.#size = Math.max(this.floor, Math.floor(this.#size / 2))
      this.#neededAt += idleTime
    }
    if (this.#size === this.floor) this.#neededAt = Math.max(this.#neededAt, now - idleTime)
  }
}
