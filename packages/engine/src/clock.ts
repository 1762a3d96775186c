import type { Millis } from '@sluice/credit'

/** Time as the layers above the engine see it; tests and the simulator give their own. */
export interface Clock {
  /** Milliseconds since some fixed point; never goes back. */
  now(): Millis
  /** Calls `run` once after `delay`; the function that comes back cancels it. */
  after(delay: Millis, run: () => void): () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (delay, run) => {
    const timer = setTimeout(run, delay)
    return () => clearTimeout(timer)
  },
}
