import type { Millis } from '@sluice/credit'
import type { Clock } from '../clock.ts'
import { EventQueue } from './event-queue.ts'

/** What `VirtualClock.run` came to. */
export type RunOutcome =
  /** What was waited for holds. */
  | 'done'
  /** The bound was reached. */
  | 'bound'
  /** Nothing is left that could happen. */
  | 'idle'

/** How often something may happen at one time; whoever is called at once again and again would never end. */
const MOST_MOMENTS = 10_000

/**
 * Time that passes only while `run` does, from one event to the next.
 *
 * Everything that waits for this clock runs in the order of its time, and first come first served at one time. After
 * each moment the promises and `setImmediate` callbacks that it brought about are done before the next one begins.
 */
export class VirtualClock implements Clock {
  readonly #events = new EventQueue<() => void>()
  /** Whole microseconds, so that no sum of them is inexact. */
  #micros = 0

  now(): Millis {
    return this.#micros / 1_000
  }

  after(delay: Millis, run: () => void): () => void {
    if (Number.isNaN(delay)) throw new RangeError('a delay is a number of milliseconds')
    if (delay === Number.POSITIVE_INFINITY) return () => {}
    const event = this.#events.add(this.#micros + Math.max(0, Math.ceil(delay * 1_000)), run)
    return () => this.#events.cancel(event)
  }

  /** Lets time pass until `done` holds, at most to `bound` on this clock. What an event throws is thrown here. */
  async run(bound: Millis, done: () => boolean): Promise<RunOutcome> {
    const end = Math.floor(bound * 1_000)
    for (let moments = 0; ; moments++) {
      await settle()
      if (done()) return 'done'
      const at = this.#events.nextAt
      if (at === undefined) return 'idle'
      if (at > end) {
        this.#micros = Math.max(this.#micros, end)
        return 'bound'
      }
      if (at > this.#micros) moments = 0
      else if (moments > MOST_MOMENTS)
        throw new RangeError(`time stands still at ${this.now()} ms: something asks to be called at once, for ever`)
      this.#micros = at
      // What these add for this very moment waits for what they set going.
      for (const run of this.#events.takeUntil(at)) run()
    }
  }
}

/** All promises that can settle, and callbacks of `setImmediate` that they ask for, are done. */
async function settle(): Promise<void> {
  // The first turn may come before a callback that a promise asks for, the second does not.
  await turn()
  await turn()
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
