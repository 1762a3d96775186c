import type { DataStream } from './data-stream.ts'
import { tell } from './tell.ts'

/** Streams that the peer opened, held until there is somebody to take them. */
export class IncomingStreams {
  readonly #onAccept: (stream: DataStream) => void
  #taker: ((stream: DataStream) => void) | undefined
  #held: DataStream[] = []

  /** @param onAccept called for each stream just before it is handed over */
  constructor(onAccept: (stream: DataStream) => void) {
    this.#onAccept = onAccept
  }

  get taker(): ((stream: DataStream) => void) | undefined {
    return this.#taker
  }

  set taker(taker: ((stream: DataStream) => void) | undefined) {
    this.#taker = taker
    // In a turn of its own: whoever sets it may have more to set.
    if (taker !== undefined && this.#held.length > 0) queueMicrotask(() => this.#handOver())
  }

  add(stream: DataStream): void {
    this.#held.push(stream)
    this.#handOver()
  }

  /** Nobody is to get this one any more. */
  remove(stream: DataStream): void {
    const place = this.#held.indexOf(stream)
    if (place !== -1) this.#held.splice(place, 1)
  }

  /** The session is over: what nobody took is nobody's any more. */
  clear(): void {
    this.#held = []
  }

  #handOver(): void {
    for (let taker = this.#taker; taker !== undefined; taker = this.#taker) {
      const stream = this.#held.shift()
      if (stream === undefined) return
      this.#onAccept(stream)
      tell(() => taker?.(stream))
      stream.announce()
    }
  }
}
