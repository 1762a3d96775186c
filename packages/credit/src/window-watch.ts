import type { StreamCounts } from './types.ts'

/**
 * The largest window that the owner of a limit has shown: it may grow while the connection lasts.
 *
 * A limit is as far above the streams that its owner let go as the window is wide. Those may be more than are retired here,
 * but besides those only streams that we have finished or reset, so that this is never more than the window was.
 */
export class WindowWatch {
  #largest: number

  /** @param initial the limit at the start of the connection */
  constructor(initial: number) {
    this.#largest = initial
  }

  get largest(): number {
    return this.#largest
  }

  /** The counts after a raise. @param countFinished live streams that we have finished or reset; asked for rarely */
  raised({ limit, retired }: Pick<StreamCounts, 'limit' | 'retired'>, countFinished: () => number): void {
    if (limit - retired <= this.#largest) return
    this.#largest = Math.max(this.#largest, limit - retired - countFinished())
  }
}
