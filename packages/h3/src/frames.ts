import { ByteQueue, concat } from './bytes.ts'
import { ErrorCode } from './codes.ts'
import { H3ConnectionError } from './errors.ts'
import { encodeVarint } from './varint.ts'

/** Frame types (RFC 9114, 7.2; RFC 9218, 7.2). */
export const FrameType = {
  DATA: 0x00,
  HEADERS: 0x01,
  CANCEL_PUSH: 0x03,
  SETTINGS: 0x04,
  PUSH_PROMISE: 0x05,
  GOAWAY: 0x07,
  MAX_PUSH_ID: 0x0d,
  PRIORITY_UPDATE_REQUEST: 0xf0700,
  PRIORITY_UPDATE_PUSH: 0xf0701,
} as const

/** Not a frame: the signal of a WebTransport stream, legal only as the very first bytes of one (draft-ietf-webtrans-http3, 4.3). */
const WEBTRANSPORT_SIGNAL = 0x41

/** Types that HTTP/2 used and HTTP/3 reserves (RFC 9114, 7.2.8). */
const RESERVED = new Set([0x02, 0x06, 0x08, 0x09])

export interface FrameHeader {
  /** A type above 2^53 is rounded and so is never one that anybody knows. */
  readonly type: number
  /** Bytes of payload. */
  readonly length: number
}

/**
 * The one grammar below control and request streams: type, length, payload (RFC 9114, 7.1). Its owner looks at each
 * header and then takes the payload whole, in pieces, or not at all; nothing is buffered but what `takePayload` waits
 * for, so the owner checks the length first.
 */
export class FrameReader {
  readonly #queue = new ByteQueue()
  #type: number | undefined
  #header: FrameHeader | undefined
  #remaining = 0

  /** Appends a chunk of the stream; it is kept until it is read. */
  push(chunk: Uint8Array): void {
    this.#queue.push(chunk)
  }

  /** True between two frames with nothing left over: the only place where a stream may end (RFC 9114, 7.1). */
  get atBoundary(): boolean {
    return this.#header === undefined && this.#type === undefined && this.#queue.length === 0
  }

  /** Bytes of the current payload that were not taken yet. */
  get remaining(): number {
    return this.#remaining
  }

  /**
   * The header of the current frame, reading it if there is none; undefined while it is incomplete.
   *
   * @throws H3ConnectionError H3_FRAME_UNEXPECTED for a type that HTTP/2 used; H3_FRAME_ERROR for the signal 0x41
   */
  header(): FrameHeader | undefined {
    if (this.#header !== undefined) return this.#header
    this.#type ??= this.#takeType()
    if (this.#type === undefined) return undefined
    const length = this.#queue.takeVarint()
    if (length === undefined) return undefined
    this.#header = { type: this.#type, length }
    this.#type = undefined
    this.#remaining = length
    return this.#header
  }

  /** The whole payload of the current frame, which ends it; undefined while bytes are missing. */
  takePayload(): Uint8Array | undefined {
    const payload = this.#queue.take(this.#remaining)
    if (payload !== undefined) this.#finish()
    return payload
  }

  /** The next piece of the current payload; undefined when none waits, in which case the frame may have ended. */
  takePiece(): Uint8Array | undefined {
    const piece = this.#queue.takeUpTo(this.#remaining)
    this.#consume(piece.length)
    return piece.length === 0 ? undefined : piece
  }

  /** Drops the current payload as it comes; true once the frame has ended. */
  skipPayload(): boolean {
    this.#consume(this.#queue.skip(this.#remaining))
    return this.#header === undefined
  }

  #takeType(): number | undefined {
    const type = this.#queue.takeVarint()
    if (type === undefined) return undefined
    if (RESERVED.has(type)) {
      throw new H3ConnectionError(ErrorCode.H3_FRAME_UNEXPECTED, `frame type 0x${type.toString(16)} belongs to HTTP/2`)
    }
    if (type === WEBTRANSPORT_SIGNAL) {
      throw new H3ConnectionError(
        ErrorCode.H3_FRAME_ERROR,
        'the WebTransport signal 0x41 is not the first of its stream',
      )
    }
    return type
  }

  #consume(count: number): void {
    this.#remaining -= count
    if (this.#remaining === 0) this.#finish()
  }

  #finish(): void {
    this.#remaining = 0
    this.#header = undefined
  }
}

/** A frame of any type. */
export function encodeFrame(type: number | bigint, payload: Uint8Array): Uint8Array {
  return concat(encodeVarint(type), encodeVarint(payload.length), payload)
}

/** DATA (RFC 9114, 7.2.1); capsules travel in it. */
export function encodeData(payload: Uint8Array): Uint8Array {
  return encodeFrame(FrameType.DATA, payload)
}

/** HEADERS (RFC 9114, 7.2.2) around a field section of `encodeFieldSection`. */
export function encodeHeaders(fieldSection: Uint8Array): Uint8Array {
  return encodeFrame(FrameType.HEADERS, fieldSection)
}

/** Largest id that GOAWAY can name, the first step of a graceful shutdown (RFC 9114, 5.2). */
export const MAX_GOAWAY_ID = (1n << 62n) - 4n

/** GOAWAY (RFC 9114, 7.2.6): a server names the first request stream that it will not serve; a client names a push id. */
export function encodeGoaway(id: number | bigint): Uint8Array {
  return encodeFrame(FrameType.GOAWAY, encodeVarint(id))
}
