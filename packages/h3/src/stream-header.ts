import { concat } from './bytes.ts'
import { ErrorCode } from './codes.ts'
import { H3ConnectionError } from './errors.ts'
import { encodeVarint, readVarint, varintLengthFromFirstByte } from './varint.ts'

/**
 * What the first bytes of a stream say it is.
 *
 * `length` counts the bytes of the header: what follows belongs to the stream's own format. A `request` has none: its
 * first byte is the first frame's. The `push` stream is left to the caller (RFC 9114, 6.2.2: H3_STREAM_CREATION_ERROR
 * at a server, H3_ID_ERROR at a client that allowed none), as is an `unknown` one (6.2.3: stop it or read it away,
 * never a connection error).
 */
export type StreamHeader =
  | { readonly type: 'webtransport'; readonly sessionId: number; readonly length: number }
  | { readonly type: 'request'; readonly length: 0 }
  | { readonly type: 'control' | 'push' | 'qpack-encoder' | 'qpack-decoder'; readonly length: number }
  | { readonly type: 'unknown'; readonly length: number }

/** Uni stream types (RFC 9114, 6.2; RFC 9204, 4.2; draft-ietf-webtrans-http3, 4.2). */
export const StreamType = {
  CONTROL: 0x00,
  PUSH: 0x01,
  QPACK_ENCODER: 0x02,
  QPACK_DECODER: 0x03,
  WEBTRANSPORT: 0x54,
} as const

/** The signal that a bidirectional stream belongs to a session (draft-ietf-webtrans-http3, 4.3). */
const WEBTRANSPORT_BIDI_SIGNAL = 0x41

/** Longest header: two integers. A stream that has sent this much has said what it is. */
export const MAX_STREAM_HEADER_LENGTH = 16

/**
 * Reads the header at the beginning of `bytes`, which are the first bytes of a stream; undefined while it is cut off.
 *
 * @throws H3ConnectionError H3_ID_ERROR for a session id that is no client-initiated bidirectional stream
 */
export function parseStreamHeader(kind: 'bidi' | 'uni', bytes: Uint8Array): StreamHeader | undefined {
  // Nearly every stream of a session begins with the two-byte form of its type and a session id below 64.
  if (bytes[0] === 0x40 && bytes[1] === (kind === 'bidi' ? 0x41 : 0x54)) {
    const id = bytes[2]
    if (id !== undefined && id < 0x40 && (id & 3) === 0) return { type: 'webtransport', sessionId: id, length: 3 }
  }
  const type = readVarint(bytes)
  if (type === undefined) return undefined
  const length = varintLengthFromFirstByte(bytes[0] ?? 0)
  if (type === (kind === 'bidi' ? WEBTRANSPORT_BIDI_SIGNAL : StreamType.WEBTRANSPORT)) {
    return parseSessionId(bytes, length)
  }
  if (kind === 'bidi') return { type: 'request', length: 0 }
  switch (type) {
    case StreamType.CONTROL:
      return { type: 'control', length }
    case StreamType.PUSH:
      return { type: 'push', length }
    case StreamType.QPACK_ENCODER:
      return { type: 'qpack-encoder', length }
    case StreamType.QPACK_DECODER:
      return { type: 'qpack-decoder', length }
    default:
      return { type: 'unknown', length }
  }
}

function parseSessionId(bytes: Uint8Array, offset: number): StreamHeader | undefined {
  const sessionId = readVarint(bytes, offset)
  if (sessionId === undefined) return undefined
  if (!isSessionId(sessionId)) {
    throw new H3ConnectionError(ErrorCode.H3_ID_ERROR, `${sessionId} cannot be the id of a WebTransport session`)
  }
  const length = offset + varintLengthFromFirstByte(bytes[offset] ?? 0)
  return { type: 'webtransport', sessionId, length }
}

/** A session's id is the id of its CONNECT stream: client-initiated, bidirectional (RFC 9000, 2.1). */
export function isSessionId(id: number): boolean {
  return Number.isSafeInteger(id) && id >= 0 && id % 4 === 0
}

/**
 * Collects the first chunks of one stream until its header is complete.
 *
 * A stream that ends before that is no error: it is finished or reset in answer, so that its credit goes back
 * (RFC 9114, 6.2; RFC 9000, 3.4).
 */
export class StreamHeaderDecoder {
  readonly #kind: 'bidi' | 'uni'
  #bytes: Uint8Array = new Uint8Array(0)

  constructor(kind: 'bidi' | 'uni') {
    this.#kind = kind
  }

  /** Takes a chunk; returns the header and the bytes behind it, or undefined while it is incomplete. @throws as `parseStreamHeader` */
  push(chunk: Uint8Array): { readonly header: StreamHeader; readonly rest: Uint8Array } | undefined {
    const bytes = this.#bytes.length === 0 ? chunk : concat(this.#bytes, chunk)
    const header = parseStreamHeader(this.#kind, bytes)
    if (header === undefined) {
      this.#bytes = bytes
      return undefined
    }
    return { header, rest: bytes.subarray(header.length) }
  }
}

/** First bytes of a stream of session `sessionId`: `40 41` or `40 54`, then the id. */
export function encodeWebTransportHeader(kind: 'bidi' | 'uni', sessionId: number): Uint8Array {
  if (!isSessionId(sessionId)) throw new RangeError(`${sessionId} cannot be the id of a WebTransport session`)
  const type = kind === 'bidi' ? WEBTRANSPORT_BIDI_SIGNAL : StreamType.WEBTRANSPORT
  return concat(encodeVarint(type), encodeVarint(sessionId))
}
