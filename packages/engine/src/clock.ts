import type { Millis } from '@sluice/credit'

/** Time as the layers above the engine see it; tests and the simulator give their own. */
export interface Clock {
  /** Milliseconds since some fixed point; never goes back. */
  now(): Millis
  /** Calls `run` once after `delay`; the function that comes back cancels it. */
  after(delay: Millis, run: () => void): () => void
}

const settled = Promise.resolve()

/**
 * The clock of this process. Reading the time is dear where much happens at once, so it is read once for all that
 * happens in one go: it stands still until the code that asks, and what was promised before, is done.
 */
class SystemClock implements Clock {
  #read: Millis | undefined
  readonly #forget = (): void => {
    this.#read = undefined
  }

  now(): Millis {
    if (this.#read !== undefined) return this.#read
    void settled.then(this.#forget)
    this.#read = performance.now()
    return this.#read
  }

  after(delay: Millis, run: () => void): () => void {
    const timer = setTimeout(run, delay)
    return () => clearTimeout(timer)
  }
}

export const systemClock: Clock = new SystemClock()
