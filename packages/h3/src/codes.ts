/**
 * Error codes as they stand in RESET_STREAM, STOP_SENDING and CONNECTION_CLOSE: HTTP/3 (RFC 9114, 8.1), QPACK
 * (RFC 9204, 6), HTTP datagrams (RFC 9297, 5.2) and WebTransport (draft-ietf-webtrans-http3, 9.5).
 */
export const ErrorCode = {
  H3_DATAGRAM_ERROR: 0x33,
  H3_NO_ERROR: 0x100,
  H3_GENERAL_PROTOCOL_ERROR: 0x101,
  H3_INTERNAL_ERROR: 0x102,
  H3_STREAM_CREATION_ERROR: 0x103,
  H3_CLOSED_CRITICAL_STREAM: 0x104,
  H3_FRAME_UNEXPECTED: 0x105,
  H3_FRAME_ERROR: 0x106,
  H3_EXCESSIVE_LOAD: 0x107,
  H3_ID_ERROR: 0x108,
  H3_SETTINGS_ERROR: 0x109,
  H3_MISSING_SETTINGS: 0x10a,
  H3_REQUEST_REJECTED: 0x10b,
  H3_REQUEST_CANCELLED: 0x10c,
  H3_REQUEST_INCOMPLETE: 0x10d,
  H3_MESSAGE_ERROR: 0x10e,
  H3_CONNECT_ERROR: 0x10f,
  H3_VERSION_FALLBACK: 0x110,
  QPACK_DECOMPRESSION_FAILED: 0x200,
  QPACK_ENCODER_STREAM_ERROR: 0x201,
  QPACK_DECODER_STREAM_ERROR: 0x202,
  WT_BUFFERED_STREAM_REJECTED: 0x3994bd84,
  WT_SESSION_GONE: 0x170d7b68,
  WT_FLOW_CONTROL_ERROR: 0x045d4487,
  WT_ALPN_ERROR: 0x0817b3dd,
  WT_REQUIREMENTS_NOT_MET: 0x212c0d48,
} as const

export type ErrorCodeName = keyof typeof ErrorCode

/** A code of an HTTP/3 connection as it is on the wire; any integer below 2^62. */
export type HttpErrorCode = number

/** A WebTransport application's code: 32 bits. */
export type AppErrorCode = number

const NAMES = new Map<number, ErrorCodeName>(
  Object.entries(ErrorCode).map(([name, code]) => [code, name as ErrorCodeName]),
)

/** The name of a code, or undefined; a peer's unknown code counts as H3_NO_ERROR (RFC 9114, 9). */
export function errorCodeName(code: HttpErrorCode): ErrorCodeName | undefined {
  return NAMES.get(code)
}

/** WT_APPLICATION_ERROR: the range into which application codes are mapped (draft-ietf-webtrans-http3, 4.4). */
const FIRST_APP_CODE = 0x52e4a40fa8db
const LAST_APP_CODE = 0x52e5ac983162

/**
 * Maps an application's code into HTTP/3's space, leaving out the reserved points 0x1f * N + 0x21.
 *
 * @throws RangeError unless `code` is an integer of 32 bits
 */
export function toHttpCode(code: AppErrorCode): HttpErrorCode {
  if (!Number.isInteger(code) || code < 0 || code > 0xffff_ffff) {
    throw new RangeError(`a WebTransport application error code has 32 bits; got ${code}`)
  }
  return FIRST_APP_CODE + code + Math.floor(code / 0x1e)
}

/** The application's code, or undefined for a code outside the range: then the application said nothing. */
export function toAppCode(code: HttpErrorCode): AppErrorCode | undefined {
  if (!(code >= FIRST_APP_CODE && code <= LAST_APP_CODE) || (code - 0x21) % 0x1f === 0) return undefined
  const shifted = code - FIRST_APP_CODE
  return shifted - Math.floor(shifted / 0x1f)
}
