import type { Millis } from '@sluice/credit'
import type { Stream } from '@sluice/engine'
import { abandon } from './abandon.ts'

/** Streams that nobody will use: both halves were ended, and until the peer answers they hold their credit all the same. */
export class AbandonedStreams {
  readonly #since = new Map<number, Millis>()

  /** Ends both halves of a stream. */
  add(stream: Stream, httpCode: number, now: Millis): void {
    abandon(stream, httpCode)
    this.#since.set(stream.id, now)
  }

  /** The peer has let go of a stream, of these or any other. */
  retired(id: number): void {
    this.#since.delete(id)
  }

  /** How many the peer has kept since that time or longer. */
  keptSince(time: Millis): number {
    let kept = 0
    for (const since of this.#since.values()) if (since <= time) kept += 1
    return kept
  }
}
