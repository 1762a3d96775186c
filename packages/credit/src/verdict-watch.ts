import type { LagMeter } from './lag-meter.ts'
import type { Millis } from './types.ts'
import type { Verdict } from './verdict.ts'

/** How often whoever has waited for longer than credit is under way is looked at, as long as that has no name. */
const LOOK_CLOSELY: Millis = 100

/** So many times it is looked closely at whoever begins to wait, which is for a second. */
const CLOSE_LOOKS = 10

/** How often a stall that has its name is looked at again, to see whether it changed or is over. */
const LOOK_AGAIN: Millis = 1_000

/** Whoever owns the time. */
export interface Alarm {
  now(): Millis
  /** Calls `run` once after `delay`; the function that comes back cancels it. */
  after(delay: Millis, run: () => void): () => void
}

/** Who knows what is wrong. */
export interface Judge {
  verdict(over: boolean): Verdict
  /** How long credit may be under way, now. */
  readonly patience: Millis
  /** Somebody waits, as of the last verdict. */
  readonly waiting: boolean
}

export interface VerdictWatchOptions {
  readonly clock: Alarm
  readonly lag: LagMeter
  readonly judge: Judge
}

/**
 * Tells when the verdict of a session changes. It has one timer, and that only while somebody waits for something, at
 * this end or, as far as it says so, at the other.
 */
export class VerdictWatch {
  readonly #options: VerdictWatchOptions
  readonly #listeners = new Set<(verdict: Verdict) => void>()
  #cancel: (() => void) | undefined
  #over = false
  #looks = 0
  #told: Verdict['code'] = 'healthy'

  constructor(options: VerdictWatchOptions) {
    this.#options = options
  }

  /** Calls `listener` when something begins to be wrong, when that changes, and when it is over. Returns what ends it. */
  listen(listener: (verdict: Verdict) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Somebody begins to wait: unless that ends in good time, it gets its name. */
  arm(): void {
    this.#looks = 0
    if (!this.#over && this.#cancel === undefined) this.#lookAfter(this.#options.judge.patience)
  }

  /** Looks at once, for nothing is left to wait for; never again once the session is over. */
  look(): void {
    const { clock, lag, judge } = this.#options
    this.#cancel?.()
    this.#cancel = undefined
    lag.next(clock.now())
    if (this.#over) return
    const verdict = judge.verdict(false)
    const code = verdict.harmless ? 'healthy' : verdict.code
    // A late event loop only hides what is wrong.
    if (!verdict.harmless) this.#lookAfter(verdict.code === 'late-event-loop' ? judge.patience : LOOK_AGAIN)
    else if (judge.waiting) this.#lookAfter(this.#looks++ < CLOSE_LOOKS ? LOOK_CLOSELY : judge.patience)
    if (code === this.#told) return
    this.#told = code
    for (const listener of [...this.#listeners]) listener(verdict)
  }

  /** The session is over, which its end tells. */
  end(): void {
    this.#over = true
    this.look()
  }

  #lookAfter(delay: Millis): void {
    const { clock, lag } = this.#options
    const now = clock.now()
    const step = Math.min(delay, LOOK_CLOSELY)
    lag.next(now, now + step)
    this.#cancel = clock.after(step, () => {
      const left = now + delay - clock.now()
      if (left > 0) this.#lookAfter(left)
      else this.look()
    })
  }
}
