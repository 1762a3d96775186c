import type { Millis } from '../types.ts'
import { accountProof, type Verdict } from '../verdict.ts'
import { type Remedy, remediesFor } from './remedy.ts'

/** Why the session is to be replaced by a fresh one. 'worn': a fault of the peer that bites after so much use is near. */
export type RotationReason = 'stalled' | 'asked' | 'worn'

/** What the ladder is told. */
export type LadderInput =
  /** What the session suffers from now; to be told when it changes and at `wakeAt`. */
  | { readonly type: 'verdict'; readonly verdict: Verdict }
  /** The peer asks for a fresh session. */
  | { readonly type: 'asked' }
  /** The session has been used as much as it stands. */
  | { readonly type: 'worn' }
  /** The fresh session that was asked for stands; or could not be had. */
  | { readonly type: 'rotated' | 'rotation-failed' }
  /** `wakeAt` has come. */
  | { readonly type: 'woken' }

/** What is to be done now. */
export type LadderEffect =
  /** End streams whose peer is done and on which nothing was sent for so long. */
  | { readonly type: 'reclaim'; readonly idleFor: Millis }
  | { readonly type: 'nudge' }
  | { readonly type: 'rotate'; readonly reason: RotationReason }
  /** Nothing helped, though `rotations` were tried in a row. */
  | { readonly type: 'close'; readonly verdict: Verdict; readonly rotations: number }

/** How patient the ladder is. Times in milliseconds. */
export interface LadderLimits {
  /** From one step to the next; default 300. */
  readonly patience: Millis
  /** Our half is forgotten when the peer is done and nothing was sent on it for so long; default 5,000. */
  readonly reclaimAfter: Millis
  /** Shortest time from one rotation to the next, and the first back-off; doubled each time; default 1,000. */
  readonly shortestInterval: Millis
  /** Longest back-off; default 30,000. */
  readonly longestInterval: Millis
  /** Rotations in a row that may bring no session, or one on which no stream can be opened, before the end; default 4. */
  readonly maxUseless: number
  /** Without a stall for so long all is forgotten; default 60,000. */
  readonly forgiveAfter: Millis
}

export const DEFAULT_LADDER: LadderLimits = {
  patience: 300,
  reclaimAfter: 5_000,
  shortestInterval: 1_000,
  longestInterval: 30_000,
  maxUseless: 4,
  forgiveAfter: 60_000,
}

/** Streams of a session that carry nothing of the application: CONNECT and Noise. */
const OVERHEAD = 2

/** With fewer streams than this gained by a rotation the next one backs off. */
const WORTHWHILE = 16

/** After all remedies were tried, they are tried again after so many times the patience. */
const AGAIN = 10

/** A stall that is being dealt with. */
interface Stall {
  readonly code: Verdict['code']
  readonly remedies: readonly Remedy[]
  next: number
  notBefore: Millis
}

/**
 * Decides what to do about a connection that stalls: the mildest remedy first, a fresh session when nothing less helps,
 * the end when that does not help either. It only decides: `now` and what happens go in, what is to be done comes out.
 *
 * Rotation cannot loop: one at a time, at most one each `shortestInterval`; one that gains little doubles the wait for
 * the next, and a few in a row that gain nothing end the connection.
 */
export class RecoveryLadder {
  readonly #limits: LadderLimits
  #stall: Stall | undefined
  #rotating: RotationReason | undefined
  /** A rotation that is due but may not begin yet, and is not for a stall: that is judged again and again. */
  #due: Exclude<RotationReason, 'stalled'> | undefined
  #notBefore: Millis = Number.NEGATIVE_INFINITY
  #interval: Millis
  #lastTrouble: Millis = Number.NEGATIVE_INFINITY
  #lastRotation: Millis = Number.NEGATIVE_INFINITY
  /** Rotations in a row for stalls, and those that brought no session, or one on which nothing could be opened. */
  #rotations = 0
  #failures = 0
  #useless = 0
  #fresh = false
  #gaveUp = false

  constructor(limits: Partial<LadderLimits> = {}) {
    this.#limits = { ...DEFAULT_LADDER, ...limits }
    this.#interval = this.#limits.shortestInterval
  }

  /** When to tell 'woken' and the verdict of that moment; undefined while nothing is due. */
  get wakeAt(): Millis | undefined {
    if (this.#rotating !== undefined) return undefined
    const stall = this.#gaveUp ? undefined : this.#stall
    if (stall === undefined) return this.#due === undefined ? undefined : this.#notBefore
    const { remedies, next, notBefore } = stall
    return remedies[next] === 'rotate' ? Math.max(notBefore, this.#notBefore) : notBefore
  }

  take(input: LadderInput, now: Millis): readonly LadderEffect[] {
    switch (input.type) {
      case 'verdict':
        return this.#judge(input.verdict, now)
      case 'asked':
      case 'worn':
        if (this.#rotating === undefined) this.#due = input.type
        return this.#rotateIfDue(now)
      case 'woken':
        return this.#rotateIfDue(now)
      case 'rotated':
        return this.#rotated(now)
      case 'rotation-failed':
        return this.#failed(now)
    }
  }

  #judge(verdict: Verdict, now: Millis): readonly LadderEffect[] {
    if (this.#rotating !== undefined) return []
    const remedies = remediesFor(verdict)
    if (remedies.length === 0) {
      this.#stall = undefined
      return []
    }
    if (now - this.#lastTrouble >= this.#limits.forgiveAfter) this.#forgive()
    this.#lastTrouble = now
    if (this.#stall?.code !== verdict.code) this.#stall = { code: verdict.code, remedies, next: 0, notBefore: now }
    return this.#climb(this.#stall, verdict, now)
  }

  #climb(stall: Stall, verdict: Verdict, now: Millis): readonly LadderEffect[] {
    if (now < stall.notBefore) return []
    const remedy = stall.remedies[stall.next]
    switch (remedy) {
      case 'reclaim':
        this.#step(stall, now)
        return [{ type: 'reclaim', idleFor: this.#limits.reclaimAfter }]
      case 'nudge':
        this.#step(stall, now)
        return [{ type: 'nudge' }]
      case 'rotate':
        return now < this.#notBefore ? [] : this.#rotateOrClose(verdict, now)
      default:
        stall.next = 0
        stall.notBefore = now + AGAIN * this.#limits.patience
        return []
    }
  }

  #step(stall: Stall, now: Millis): void {
    stall.next += 1
    stall.notBefore = now + this.#limits.patience
  }

  #rotateOrClose(verdict: Verdict, now: Millis): readonly LadderEffect[] {
    this.#weigh(verdict)
    if (this.#gaveUp) return []
    if (this.#useless >= this.#limits.maxUseless) {
      this.#gaveUp = true
      return [{ type: 'close', verdict, rotations: this.#rotations }]
    }
    return this.#rotate('stalled', now)
  }

  /** What the last rotation gained shows when its session stalls in turn. */
  #weigh(verdict: Verdict): void {
    const proof = accountProof(verdict)
    if (!this.#fresh || proof === null) return
    this.#fresh = false
    const gained = proof.account.opened - OVERHEAD
    this.#useless = gained > 0 ? 0 : this.#useless + 1
    if (gained >= WORTHWHILE) this.#interval = this.#limits.shortestInterval
  }

  #rotateIfDue(now: Millis): readonly LadderEffect[] {
    const reason = this.#due
    if (reason === undefined || this.#rotating !== undefined || now < this.#notBefore) return []
    return this.#rotate(reason, now)
  }

  #rotate(reason: RotationReason, now: Millis): readonly LadderEffect[] {
    const { shortestInterval, longestInterval, forgiveAfter } = this.#limits
    if (now - this.#lastRotation >= forgiveAfter) this.#interval = shortestInterval
    this.#lastRotation = now
    this.#due = undefined
    this.#rotating = reason
    this.#rotations += 1
    this.#notBefore = now + this.#interval
    this.#interval = Math.min(this.#interval * 2, longestInterval)
    return [{ type: 'rotate', reason }]
  }

  #rotated(now: Millis): readonly LadderEffect[] {
    // So much use bounds by itself how often that is; a peer that asks can do so at any time.
    if (this.#rotating === 'worn') {
      this.#interval = this.#limits.shortestInterval
      this.#notBefore = now
    }
    this.#fresh = this.#rotating === 'stalled'
    this.#rotating = undefined
    this.#stall = undefined
    this.#failures = 0
    return this.#rotateIfDue(now)
  }

  #failed(now: Millis): readonly LadderEffect[] {
    const reason = this.#rotating
    this.#rotating = undefined
    this.#failures += 1
    if (reason === 'stalled') this.#useless += 1
    // Nothing is wrong with a session that was asked to go: when there is no other, it stays. One that is worn stalls soon.
    else if (reason === 'worn' || this.#failures < this.#limits.maxUseless) this.#due ??= reason
    // The old session is as it was when the attempt began, so that much is tried already.
    return this.#rotateIfDue(now)
  }

  #forgive(): void {
    this.#interval = this.#limits.shortestInterval
    this.#rotations = 0
    this.#failures = 0
    this.#useless = 0
    this.#fresh = false
    this.#gaveUp = false
  }
}
