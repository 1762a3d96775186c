import type { Stream } from '@sluice/engine'
import { concat } from '@sluice/h3'

/** Writes short protocol messages in order on one stream; what QUIC does not take at once waits for `writable`. */
export class StreamWriter {
  readonly #stream: Stream
  #waiting: Uint8Array | undefined
  #finishing = false

  constructor(stream: Stream) {
    this.#stream = stream
  }

  write(bytes: Uint8Array): void {
    if (this.#finishing) return
    if (this.#waiting !== undefined) {
      this.#waiting = concat(this.#waiting, bytes)
      return
    }
    const taken = this.#stream.write(bytes)
    if (taken < bytes.length) this.#waiting = bytes.slice(taken)
  }

  /** False while something waits for `writable`. */
  get hasRoom(): boolean {
    return this.#waiting === undefined
  }

  /** FIN, behind everything written so far. */
  finish(): void {
    if (this.#finishing) return
    this.#finishing = true
    if (this.#waiting === undefined) this.#stream.finish()
  }

  /** To be called on the stream's `writable`. */
  flush(): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    const taken = this.#stream.write(waiting)
    this.#waiting = taken < waiting.length ? waiting.subarray(taken) : undefined
    if (this.#waiting === undefined && this.#finishing) this.#stream.finish()
  }
}
