import { reportUncaught } from './events.ts'

/** A stream that may have waited for room to write. */
export interface Writer {
  readonly priority: number
  /** When it last got some, in turns of its connection; before that, when it was made. */
  readonly lastTurn: number
  onWritable(): void
}

/**
 * Hands room to the streams of one connection. quinn-proto tells all that wait for the window of the connection at once,
 * and the first to write takes all there is; in its order, last come first, two large streams would keep it for themselves.
 * So it goes to those of the highest priority, and among them to the one that has had none for longest.
 */
export class Room {
  readonly #atEndOfBatch: (action: () => void) => void
  #writers: Writer[] = []
  #turns = 0

  constructor(atEndOfBatch: (action: () => void) => void) {
    this.#atEndOfBatch = atEndOfBatch
  }

  /** A number above all before. */
  nextTurn(): number {
    this.#turns += 1
    return this.#turns
  }

  /** There is room for a stream, when those that are told of it in the same batch are known. */
  announce(writer: Writer): void {
    if (this.#writers.push(writer) === 1) this.#atEndOfBatch(this.#handOut)
  }

  readonly #handOut = (): void => {
    const writers = this.#writers
    this.#writers = []
    writers.sort((a, b) => b.priority - a.priority || a.lastTurn - b.lastTurn)
    for (const writer of writers) {
      try {
        writer.onWritable()
      } catch (error) {
        reportUncaught(error)
      }
    }
  }
}
