import { concat } from './bytes.ts'
import { ErrorCode } from './codes.ts'
import { H3ConnectionError } from './errors.ts'
import { isSessionId } from './stream-header.ts'
import { encodeVarint, readVarint, varintLengthFromFirstByte } from './varint.ts'

/** An HTTP datagram (RFC 9297, 2.1) of a session. The session may be unknown yet: hold it or drop it. */
export interface HttpDatagram {
  readonly sessionId: number
  readonly payload: Uint8Array
}

/** What stands before the payload of each datagram of a session: its id divided by 4. */
export function datagramHeader(sessionId: number): Uint8Array {
  if (!isSessionId(sessionId)) throw new RangeError(`${sessionId} cannot be the id of a WebTransport session`)
  return encodeVarint(sessionId / 4)
}

/** The payload of the QUIC DATAGRAM frame that carries `payload` to session `sessionId`. */
export function encodeDatagram(sessionId: number, payload: Uint8Array): Uint8Array {
  return concat(datagramHeader(sessionId), payload)
}

/**
 * Splits the payload of a QUIC DATAGRAM frame.
 *
 * @throws H3ConnectionError H3_DATAGRAM_ERROR when the quarter stream id is cut off or above 2^60 - 1 (RFC 9297, 2.1)
 */
export function decodeDatagram(bytes: Uint8Array): HttpDatagram {
  const first = bytes[0] ?? 0
  const quarter = readVarint(bytes)
  // 2^60 and above: eight bytes of which the first, without its length bits, is 0x10 or more.
  if (quarter === undefined || first >= 0xd0) {
    throw new H3ConnectionError(
      ErrorCode.H3_DATAGRAM_ERROR,
      'the quarter stream id of a datagram is cut off or too large',
    )
  }
  return { sessionId: quarter * 4, payload: bytes.subarray(varintLengthFromFirstByte(first)) }
}
