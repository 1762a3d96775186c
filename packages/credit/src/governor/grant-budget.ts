import type { Millis } from '../types.ts'
import { GrantWindow, type WindowBounds, type WindowNews, type WindowPolicy } from './grant-window.ts'
import { TokenBucket } from './token-bucket.ts'

export interface GrantPolicy extends WindowPolicy {
  /** Streams beyond the floors, over all windows, that are granted and not retired at most. */
  readonly budget: number
  /** Streams a second that did no work and whose credit is given back, over all windows. */
  readonly wastedPerSecondOfAll: number
}

/** An effect: so many streams are to be granted to the owner of this window. */
export interface Grant {
  readonly window: GrantWindow
  readonly count: number
}

/** Windows whose credit is kept back are looked at together, and not more often than this. */
const SHORTEST_PAUSE: Millis = 10

/** With less than this share of the budget free, credit that a peer does not use is kept small. */
const PRESSURE = 1 / 4

/**
 * One budget of stream credit over many connections. It decides; it has neither a clock nor an engine.
 *
 * Each window has its floor whatever the others do. Beyond that a busy one grows at once by what is free, and what is
 * not enough for all is shared: whoever has less than its share comes first, and nobody waits for ever, since what is
 * retired goes round.
 */
export class GrantBudget {
  readonly #policy: GrantPolicy
  readonly #waste: TokenBucket
  readonly #windows = new Set<GrantWindow>()
  /** What each window has beyond its floor, as far as it is in `#used`. */
  readonly #extras = new Map<GrantWindow, number>()
  /** Windows that wanted more than was free, longest waiting first. */
  readonly #hungry = new Set<GrantWindow>()
  /** Windows of which the rates keep something back. */
  readonly #throttled = new Set<GrantWindow>()
  #used = 0
  #releaseAt: Millis = Number.POSITIVE_INFINITY

  constructor(policy: GrantPolicy, now: Millis) {
    this.#policy = policy
    this.#waste = new TokenBucket(policy.wastedPerSecondOfAll, policy.wastedPerSecondOfAll / 4, now)
  }

  /** Streams beyond the floors that are granted and not retired. */
  get used(): number {
    return this.#used
  }

  get free(): number {
    return this.#policy.budget - this.#used
  }

  /** So little is free that what is held for nothing should be given up sooner. */
  get pressed(): boolean {
    return this.free < this.#policy.budget * PRESSURE || this.#hungry.size > 0
  }

  get windows(): ReadonlySet<GrantWindow> {
    return this.#windows
  }

  /** A connection begins, with its floor granted. */
  join(bounds: WindowBounds, now: Millis): GrantWindow {
    const window = new GrantWindow(bounds, this.#policy, now)
    this.#windows.add(window)
    return window
  }

  /** A connection is over; what it had is free. */
  leave(window: GrantWindow): void {
    this.#windows.delete(window)
    this.#hungry.delete(window)
    this.#throttled.delete(window)
    this.#used -= this.#extras.get(window) ?? 0
    this.#extras.delete(window)
  }

  /** Takes in what happened to some windows, and says what to grant to these and to any that waited. */
  settle(news: Iterable<readonly [GrantWindow, WindowNews]>, now: Millis): readonly Grant[] {
    const touched: GrantWindow[] = []
    for (const [window, told] of news) {
      if (!this.#windows.has(window)) continue
      window.observe(told, now)
      this.#account(window)
      touched.push(window)
    }
    const released = this.#release(touched, now)
    for (const window of touched) if (!this.#hungry.has(window)) window.grow()
    // Without anything free nobody who waits for it can be served.
    const waiting = this.free > 0 ? this.#hungry : []
    const claims = new Map([...waiting, ...released, ...touched].map((window) => [window, 0]))
    this.#share(claims)
    return this.#grant(claims)
  }

  /** When `settle` wants to be called although nothing happened; infinite: not before something does. */
  get nextAt(): Millis {
    return this.#releaseAt
  }

  /** Fills in what each claim gets: first all floors, then up to a fair share each, then the rest. */
  #share(claims: Map<GrantWindow, number>): void {
    const spare = this.pressed ? 0 : Number.POSITIVE_INFINITY
    const wants = new Map<GrantWindow, number>()
    let free = this.free
    let claimants = this.#extras.size
    for (const window of claims.keys()) {
      const wanted = window.wanted(spare)
      const owed = Math.min(wanted, Math.max(0, window.floor - window.outstanding))
      claims.set(window, owed)
      wants.set(window, wanted - owed)
      if (wanted > owed && !this.#extras.has(window)) claimants += 1
    }
    const fair = Math.floor(this.#policy.budget / Math.max(1, claimants))
    for (const share of [fair, Number.POSITIVE_INFINITY]) {
      for (const [window, wanted] of wants) {
        if (free <= 0) break
        const given = Math.max(0, Math.min(wanted, free, share - window.extra))
        free -= given
        wants.set(window, wanted - given)
        claims.set(window, (claims.get(window) ?? 0) + given)
      }
    }
    for (const [window, unmet] of wants) this.#queue(window, unmet, claims.get(window) ?? 0)
  }

  /** Whoever got nothing keeps its place; whoever got a part goes to the end. */
  #queue(window: GrantWindow, unmet: number, given: number): void {
    if (unmet === 0 || given > 0) this.#hungry.delete(window)
    if (unmet > 0) this.#hungry.add(window)
  }

  #grant(claims: ReadonlyMap<GrantWindow, number>): Grant[] {
    const grants: Grant[] = []
    for (const [window, count] of claims) {
      if (count === 0) continue
      window.granted(count)
      this.#account(window)
      grants.push({ window, count })
    }
    return grants
  }

  /** Lets go of what the rates kept back, in turn: whoever gets something is next after all that got nothing. */
  #release(touched: readonly GrantWindow[], now: Millis): readonly GrantWindow[] {
    const due = this.#throttled.size === 0 || now >= this.#releaseAt
    const released = due ? [...this.#throttled, ...touched] : []
    for (const window of released) {
      if (window.release(this.#waste, now)) this.#throttled.delete(window)
    }
    let next = due ? Number.POSITIVE_INFINITY : this.#releaseAt
    for (const window of due ? released : touched) {
      if (window.kept > 0) this.#throttled.add(window)
      next = Math.min(next, window.releaseAt(this.#waste, now))
    }
    this.#releaseAt = Math.max(next, now + SHORTEST_PAUSE)
    return released
  }

  #account(window: GrantWindow): void {
    const extra = window.extra
    this.#used += extra - (this.#extras.get(window) ?? 0)
    if (extra === 0) this.#extras.delete(window)
    else this.#extras.set(window, extra)
  }
}
