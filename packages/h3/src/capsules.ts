import { ByteQueue, concat } from './bytes.ts'
import { ErrorCode } from './codes.ts'
import { H3StreamError } from './errors.ts'
import { encodeVarint, readVarint, varintLengthFromFirstByte } from './varint.ts'

/** Capsule types (draft-ietf-webtrans-http3, 9.6). */
export const CapsuleType = {
  CLOSE_SESSION: 0x2843,
  DRAIN_SESSION: 0x78ae,
  MAX_DATA: 0x190b4d3d,
  MAX_STREAM_DATA: 0x190b4d3e,
  MAX_STREAMS_BIDI: 0x190b4d3f,
  MAX_STREAMS_UNI: 0x190b4d40,
  DATA_BLOCKED: 0x190b4d41,
  STREAM_DATA_BLOCKED: 0x190b4d42,
  STREAMS_BLOCKED_BIDI: 0x190b4d43,
  STREAMS_BLOCKED_UNI: 0x190b4d44,
} as const

/**
 * A capsule that means something to a session. Those of session flow control are to be ignored unless both sides
 * declared it (draft-ietf-webtrans-http3, 5.1), so their values are not judged here.
 */
export type Capsule =
  | { readonly type: 'close'; readonly code: number; readonly reason: string }
  | { readonly type: 'drain' }
  | FlowControlCapsule

/** A limit, or being held back by one: cumulative, in bytes or streams (draft-ietf-webtrans-http3, 5.6). */
export type FlowControlCapsule =
  | { readonly type: 'max-data'; readonly limit: number }
  | { readonly type: 'max-streams'; readonly kind: 'bidi' | 'uni'; readonly limit: number }
  | { readonly type: 'data-blocked'; readonly limit: number }
  | { readonly type: 'streams-blocked'; readonly kind: 'bidi' | 'uni'; readonly limit: number }

/** Longest reason of a CLOSE capsule, in bytes of UTF-8 (draft-ietf-webtrans-http3, 6). */
const MAX_CLOSE_REASON_LENGTH = 1024

/**
 * Reads capsules out of the DATA payloads of a CONNECT stream (RFC 9297, 3.2). A capsule may lie across any number of
 * payloads; one of an unknown type is dropped as it comes, whatever length it claims.
 */
export class CapsuleDecoder {
  readonly #queue = new ByteQueue()
  #type: number | undefined
  #length: number | undefined
  #closed = false
  #ended = false

  /** Appends a DATA payload; then call `next` until it returns undefined. */
  push(payload: Uint8Array): void {
    this.#queue.push(payload)
  }

  /** The FIN has been read. */
  end(): void {
    this.#ended = true
  }

  /**
   * The next capsule; undefined: nothing more for now, or after `end` the orderly end.
   *
   * @throws H3StreamError H3_MESSAGE_ERROR for a capsule that is malformed or cut off by the FIN, for one that HTTP/3
   *   prohibits, and for bytes behind CLOSE
   */
  next(): Capsule | undefined {
    for (;;) {
      if (this.#closed && this.#queue.length > 0) throw messageError('bytes behind a CLOSE capsule')
      this.#type ??= this.#queue.takeVarint()
      if (this.#type === undefined) return this.#checkEnd()
      this.#length ??= this.#queue.takeVarint()
      if (this.#length === undefined) return this.#checkEnd()
      const bounds = PAYLOAD_LENGTHS.get(this.#type)
      if (bounds === undefined) {
        this.#length -= this.#queue.skip(this.#length)
        if (this.#length > 0) return this.#checkEnd()
        this.#nextCapsule()
        continue
      }
      if (this.#length < bounds.min || this.#length > bounds.max) {
        throw messageError(`a capsule of type 0x${this.#type.toString(16)} with ${this.#length} bytes`)
      }
      const payload = this.#queue.take(this.#length)
      if (payload === undefined) return this.#checkEnd()
      const capsule = parse(this.#type, payload)
      this.#nextCapsule()
      this.#closed = capsule.type === 'close'
      return capsule
    }
  }

  #nextCapsule(): void {
    this.#type = undefined
    this.#length = undefined
  }

  #checkEnd(): undefined {
    if (this.#ended && (this.#type !== undefined || this.#queue.length > 0)) {
      throw messageError('the CONNECT stream ended inside a capsule')
    }
    return undefined
  }
}

/** Types that are buffered, with the lengths that they may have; an empty range prohibits a type. */
const PAYLOAD_LENGTHS = new Map<number, { readonly min: number; readonly max: number }>([
  [CapsuleType.CLOSE_SESSION, { min: 4, max: 4 + MAX_CLOSE_REASON_LENGTH }],
  [CapsuleType.DRAIN_SESSION, { min: 0, max: 0 }],
  [CapsuleType.MAX_DATA, { min: 1, max: 8 }],
  [CapsuleType.MAX_STREAMS_BIDI, { min: 1, max: 8 }],
  [CapsuleType.MAX_STREAMS_UNI, { min: 1, max: 8 }],
  [CapsuleType.DATA_BLOCKED, { min: 1, max: 8 }],
  [CapsuleType.STREAMS_BLOCKED_BIDI, { min: 1, max: 8 }],
  [CapsuleType.STREAMS_BLOCKED_UNI, { min: 1, max: 8 }],
  // draft-ietf-webtrans-http3, 5.4: these belong to HTTP/2 and are a session error here.
  [CapsuleType.MAX_STREAM_DATA, { min: 1, max: 0 }],
  [CapsuleType.STREAM_DATA_BLOCKED, { min: 1, max: 0 }],
])

function parse(type: number, payload: Uint8Array): Capsule {
  switch (type) {
    case CapsuleType.CLOSE_SESSION: {
      const code = new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0)
      // Not fatal: a peer that cuts its reason inside a character still gets its code through.
      return { type: 'close', code, reason: new TextDecoder('utf-8', { ignoreBOM: true }).decode(payload.subarray(4)) }
    }
    case CapsuleType.DRAIN_SESSION:
      return { type: 'drain' }
    case CapsuleType.MAX_DATA:
      return { type: 'max-data', limit: integer(type, payload) }
    case CapsuleType.DATA_BLOCKED:
      return { type: 'data-blocked', limit: integer(type, payload) }
    case CapsuleType.MAX_STREAMS_BIDI:
    case CapsuleType.MAX_STREAMS_UNI:
      return {
        type: 'max-streams',
        kind: type === CapsuleType.MAX_STREAMS_BIDI ? 'bidi' : 'uni',
        limit: integer(type, payload),
      }
    default:
      return {
        type: 'streams-blocked',
        kind: type === CapsuleType.STREAMS_BLOCKED_BIDI ? 'bidi' : 'uni',
        limit: integer(type, payload),
      }
  }
}

function integer(type: number, payload: Uint8Array): number {
  const value = readVarint(payload)
  if (value === undefined || varintLengthFromFirstByte(payload[0] ?? 0) !== payload.length) {
    throw messageError(`a capsule of type 0x${type.toString(16)} that is not one whole integer`)
  }
  return value
}

function messageError(message: string): H3StreamError {
  return new H3StreamError(ErrorCode.H3_MESSAGE_ERROR, message)
}

/** A capsule of any type (RFC 9297, 3.2). It is sent inside a DATA frame. */
export function encodeCapsule(type: number | bigint, payload: Uint8Array): Uint8Array {
  return concat(encodeVarint(type), encodeVarint(payload.length), payload)
}

/**
 * CLOSE: the last bytes of a session. The reason is cut to 1,024 bytes at the end of a character.
 *
 * @throws RangeError unless `code` is an integer of 32 bits
 */
export function encodeCloseCapsule(code: number, reason: string): Uint8Array {
  if (!Number.isInteger(code) || code < 0 || code > 0xffff_ffff) {
    throw new RangeError(`a WebTransport close code has 32 bits; got ${code}`)
  }
  const payload = new Uint8Array(4 + MAX_CLOSE_REASON_LENGTH)
  new DataView(payload.buffer).setUint32(0, code)
  const { written } = new TextEncoder().encodeInto(reason, payload.subarray(4))
  return encodeCapsule(CapsuleType.CLOSE_SESSION, payload.subarray(0, 4 + written))
}

/** DRAIN: please end the session soon (draft-ietf-webtrans-http3, 4.7). */
export function encodeDrainCapsule(): Uint8Array {
  return encodeCapsule(CapsuleType.DRAIN_SESSION, new Uint8Array(0))
}

/** A capsule of session flow control, which is one integer (draft-ietf-webtrans-http3, 5.6). */
export function encodeFlowControlCapsule(capsule: FlowControlCapsule): Uint8Array {
  return encodeCapsule(flowControlType(capsule), encodeVarint(capsule.limit))
}

function flowControlType(capsule: FlowControlCapsule): number {
  switch (capsule.type) {
    case 'max-data':
      return CapsuleType.MAX_DATA
    case 'data-blocked':
      return CapsuleType.DATA_BLOCKED
    case 'max-streams':
      return capsule.kind === 'bidi' ? CapsuleType.MAX_STREAMS_BIDI : CapsuleType.MAX_STREAMS_UNI
    case 'streams-blocked':
      return capsule.kind === 'bidi' ? CapsuleType.STREAMS_BLOCKED_BIDI : CapsuleType.STREAMS_BLOCKED_UNI
  }
}
