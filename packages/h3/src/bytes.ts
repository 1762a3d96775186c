import { readVarint, varintLengthFromFirstByte } from './varint.ts'

const EMPTY = new Uint8Array(0)

/**
 * A queue of bytes between the chunks of a transport and the elements of a format.
 *
 * A chunk that meets an empty queue is used in place; only what an element leaves over is copied, into a buffer that
 * doubles, so any split of the input costs time linear in its length. Bytes handed out are views: they stay as they
 * are as long as the owner of the chunk leaves it alone.
 */
export class ByteQueue {
  #buffer: Uint8Array = EMPTY
  #start = 0
  #end = 0
  #owned = false

  /** Bytes that wait. */
  get length(): number {
    return this.#end - this.#start
  }

  /** Appends a chunk; the queue keeps it until it is taken. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    if (this.length === 0) {
      this.#buffer = chunk
      this.#start = 0
      this.#end = chunk.length
      this.#owned = false
      return
    }
    if (!this.#owned || this.#buffer.length - this.#end < chunk.length) this.#grow(chunk.length)
    this.#buffer.set(chunk, this.#end)
    this.#end += chunk.length
  }

  /** The next `count` bytes, or undefined while fewer wait. */
  take(count: number): Uint8Array | undefined {
    if (this.length < count) return undefined
    const bytes = this.#buffer.subarray(this.#start, this.#start + count)
    this.#advance(count)
    return bytes
  }

  /** Whatever waits, at most `max` bytes. */
  takeUpTo(max: number): Uint8Array {
    return this.take(Math.min(max, this.length)) ?? EMPTY
  }

  /** Drops at most `count` bytes and returns how many it dropped. */
  skip(count: number): number {
    const dropped = Math.min(count, this.length)
    this.#advance(dropped)
    return dropped
  }

  /** Takes a variable-length integer (RFC 9000, 16), or returns undefined and takes nothing while it is incomplete. */
  takeVarint(): number | undefined {
    if (this.length === 0) return undefined
    const length = varintLengthFromFirstByte(this.#buffer[this.#start] ?? 0)
    if (this.length < length) return undefined
    const value = readVarint(this.#buffer, this.#start)
    this.#advance(length)
    return value
  }

  #advance(count: number): void {
    this.#start += count
    // Views of the buffer may be in use, so an empty one is let go, never filled again from its beginning.
    if (this.#start === this.#end) {
      this.#buffer = EMPTY
      this.#start = 0
      this.#end = 0
      this.#owned = false
    }
  }

  #grow(more: number): void {
    const grown = new Uint8Array(Math.max(64, 2 * (this.length + more)))
    grown.set(this.#buffer.subarray(this.#start, this.#end))
    this.#end = this.length
    this.#start = 0
    this.#buffer = grown
    this.#owned = true
  }
}

/** One array out of several. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
