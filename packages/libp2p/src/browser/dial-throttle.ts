import type { Millis } from '@sluice/credit'

/** A dial that failed goes on counting for so long. */
const FAILURE_COUNTS_FOR: Millis = 300_000

/** Dials that count at once; from then on each is refused. */
const MAX_COUNTED = 64

/** What one dial that counts holds the next one back for; each more doubles it, up to the last. */
const FIRST_HOLD: Millis = 10
const LAST_HOLD: Millis = 60_000

/** Chromium multiplies the time by a random number between these. */
const [LEAST, MOST] = [0.5, 1.5]

/** How the browser holds a dial back. */
export interface DialHold {
  /** Dials of this page that failed in the last five minutes. */
  readonly failed: number
  /** Dials of this page that were under way already. */
  readonly pending: number
  /** Time before it begins to dial, at least and at most, as far as this page's own dials tell; milliseconds. */
  readonly least: Millis
  readonly most: Millis
}

/** One dial, from its beginning to its outcome. */
export interface CountedDial {
  /** What the browser does to it, as of its beginning. */
  readonly hold: DialHold
  succeeded(): void
  /** Says whether it was the browser's brake: it refused the dial, or held it back until it was given up. */
  failed(givenUp: boolean): boolean
}

/**
 * Counts the dials of a page as Chromium does, which punishes those that fail: it keeps each for five minutes, and each
 * one kept doubles the time for which it holds the next dial back, seconds after nine and a minute after fourteen. The
 * platform says nothing of it: a dial takes long, or is refused with the words of a lost connection.
 */
export class DialThrottle {
  readonly #now: () => Millis
  #failedAt: readonly Millis[] = []
  #pending = 0

  constructor(now: () => Millis) {
    this.#now = now
  }

  begin(): CountedDial {
    const began = this.#now()
    this.#failedAt = this.#failedAt.filter((at) => began - at < FAILURE_COUNTS_FOR)
    const failed = this.#failedAt.length
    const pending = this.#pending++
    const [least, most] = [holdAfter(failed) * LEAST, holdAfter(failed + pending) * MOST]
    const refused = failed + pending >= MAX_COUNTED
    return {
      hold: { failed, pending, least, most },
      succeeded: () => {
        this.#pending -= 1
      },
      failed: (givenUp) => {
        this.#pending -= 1
        const now = this.#now()
        const waited = now - began
        // What never left the browser is not held against the page.
        if (givenUp ? waited >= least : !refused) this.#failedAt = [...this.#failedAt, now]
        return givenUp ? waited < most : refused
      },
    }
  }
}

function holdAfter(counted: number): Millis {
  return counted === 0 ? 0 : Math.min(FIRST_HOLD * 2 ** (counted - 1), LAST_HOLD)
}
