import type { Stream } from '@sluice/engine'
import { concat } from '@sluice/h3'

/** Up to this size data travels in one write with the header: the copy is cheaper than a second crossing. */
const JOIN_LIMIT = 4_096

/** The header of a stream that we open: it travels ahead of the first data, or alone at the end of the turn. */
export class HeaderAhead {
  readonly #stream: Stream
  /** What QUIC has not taken yet. */
  #left: Uint8Array | undefined
  #sent = 0

  constructor(stream: Stream, header: Uint8Array) {
    this.#stream = stream
    this.#left = header
  }

  /** Bytes that QUIC has taken. */
  get sent(): number {
    return this.#sent
  }

  /** QUIC has taken all of it. */
  get gone(): boolean {
    return this.#left === undefined
  }

  /** Sends what is left; false when there is no room for all of it. */
  flush(): boolean {
    if (this.#left !== undefined) this.#taken(this.#stream.write(this.#left))
    return this.gone
  }

  /** Sends data behind what is left; how many bytes of the data were taken. */
  write(data: Uint8Array): number {
    const left = this.#left
    if (left === undefined) return this.#stream.write(data)
    if (data.length > JOIN_LIMIT) return this.flush() ? this.#stream.write(data) : 0
    const taken = this.#stream.write(concat(left, data))
    this.#taken(Math.min(taken, left.length))
    return Math.max(0, taken - left.length)
  }

  #taken(bytes: number): void {
    this.#sent += bytes
    const left = this.#left
    this.#left = left !== undefined && bytes < left.length ? left.subarray(bytes) : undefined
  }
}
