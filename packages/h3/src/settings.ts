import { concat } from './bytes.ts'
import { ErrorCode } from './codes.ts'
import { H3ConnectionError } from './errors.ts'
import { encodeFrame, FrameType } from './frames.ts'
import { encodeVarint, readVarint, varintLengthFromFirstByte } from './varint.ts'

/** Settings that matter here: RFC 9114, 9204, 9220, 9297 and every draft of WebTransport that somebody speaks. */
export const SettingId = {
  QPACK_MAX_TABLE_CAPACITY: 0x01,
  MAX_FIELD_SECTION_SIZE: 0x06,
  QPACK_BLOCKED_STREAMS: 0x07,
  ENABLE_CONNECT_PROTOCOL: 0x08,
  H3_DATAGRAM: 0x33,
  /** H3_DATAGRAM of draft-ietf-masque-h3-datagram-04. */
  H3_DATAGRAM_DRAFT04: 0xffd277,
  WT_INITIAL_MAX_DATA: 0x2b61,
  WT_INITIAL_MAX_STREAMS_UNI: 0x2b64,
  WT_INITIAL_MAX_STREAMS_BIDI: 0x2b65,
  /** draft-02 to 06 */
  ENABLE_WEBTRANSPORT: 0x2b603742,
  /** draft-07 to 12 */
  WEBTRANSPORT_MAX_SESSIONS: 0xc671706a,
  /** draft-13 and 14 */
  WT_MAX_SESSIONS: 0x14e9cd29,
  /** draft-15 and 16 */
  WT_ENABLED: 0x2c7cf000,
} as const

/** Identifier to value. Values above 2^53 - 1 are rounded to the nearest double. */
export type Settings = ReadonlyMap<number, number>

/** Longest SETTINGS payload that is read, in bytes; all known peers stay below 100. */
export const MAX_SETTINGS_SIZE = 8192

/** Identifiers that HTTP/2 used (RFC 9114, 7.2.4.1 and 11.2.2). */
const RESERVED = new Set([0x00, 0x02, 0x03, 0x04, 0x05])

/** Settings that are 0 or 1 (RFC 9220, 3; RFC 9297, 2.1.1; draft-ietf-webtrans-http3-02 and -16). */
const BOOLEAN = new Set<number>([
  SettingId.ENABLE_CONNECT_PROTOCOL,
  SettingId.H3_DATAGRAM,
  SettingId.ENABLE_WEBTRANSPORT,
  SettingId.WT_ENABLED,
])

/** The payload of a SETTINGS frame, in the order of `settings`. */
export function encodeSettings(settings: Iterable<readonly [number, number | bigint]>): Uint8Array {
  const parts: Uint8Array[] = []
  for (const [id, value] of settings) parts.push(encodeVarint(id), encodeVarint(value))
  return concat(...parts)
}

/** A SETTINGS frame (RFC 9114, 7.2.4), the first thing on a control stream. */
export function encodeSettingsFrame(settings: Iterable<readonly [number, number | bigint]>): Uint8Array {
  return encodeFrame(FrameType.SETTINGS, encodeSettings(settings))
}

/**
 * Reads the payload of a SETTINGS frame.
 *
 * @throws H3ConnectionError H3_FRAME_ERROR when it is cut off; H3_SETTINGS_ERROR for an identifier twice, one that
 *   HTTP/2 used, or a boolean setting above 1
 */
export function decodeSettings(payload: Uint8Array): Settings {
  const settings = new Map<number, number>()
  let offset = 0
  const take = (): number => {
    const value = readVarint(payload, offset)
    if (value === undefined) throw new H3ConnectionError(ErrorCode.H3_FRAME_ERROR, 'a SETTINGS frame is cut off')
    offset += varintLengthFromFirstByte(payload[offset] ?? 0)
    return value
  }
  while (offset < payload.length) {
    const id = take()
    const value = take()
    // Rounded identifiers may coincide without being the same; they are reserved ones and mean nothing.
    if (settings.has(id) && Number.isSafeInteger(id)) throw settingsError(id, 'is there twice')
    if (RESERVED.has(id)) throw settingsError(id, 'belongs to HTTP/2')
    if (BOOLEAN.has(id) && value > 1) throw settingsError(id, `is ${value}; only 0 and 1 are allowed`)
    settings.set(id, value)
  }
  return settings
}

/** The n-th reserved identifier, 0x1f * n + 0x21, to keep peers tolerant (RFC 9114, 7.2.4.1); the caller picks `n`. */
export function greaseId(n: number): number {
  return 0x1f * n + 0x21
}

function settingsError(id: number, problem: string): H3ConnectionError {
  return new H3ConnectionError(ErrorCode.H3_SETTINGS_ERROR, `setting 0x${id.toString(16)} ${problem}`)
}
