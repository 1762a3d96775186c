/**
 * Variable-length integers (RFC 9000, 16).
 *
 * Values are doubles, exact up to 2^53 - 1. A larger one decodes to the nearest double, which is at least 2^53 and so
 * never equals a code point that anybody knows; that is enough for reserved types, which reach 2^62 - 2. Where exactness
 * of large values matters (stream ids), the caller refuses what is above `Number.MAX_SAFE_INTEGER`.
 */

/** Largest value that has an encoding: 2^62 - 1. */
export const MAX_VARINT = (1n << 62n) - 1n

/** Bytes that `value` takes: 1, 2, 4 or 8. @throws RangeError for a value that has no encoding */
export function varintLength(value: number | bigint): 1 | 2 | 4 | 8 {
  if (value < 0 || value > MAX_VARINT || (typeof value === 'number' && !Number.isSafeInteger(value))) {
    throw new RangeError(`${value} has no exact encoding as a variable-length integer`)
  }
  if (value < 0x40) return 1
  if (value < 0x4000) return 2
  return value < 0x4000_0000 ? 4 : 8
}

/** Length, in bytes, of the integer that begins with `firstByte`. */
export function varintLengthFromFirstByte(firstByte: number): 1 | 2 | 4 | 8 {
  return (1 << (firstByte >> 6)) as 1 | 2 | 4 | 8
}

/**
 * Reads the integer at `offset`; undefined when it is cut off. Its length is
 * `varintLengthFromFirstByte(bytes[offset])`.
 */
export function readVarint(bytes: Uint8Array, offset = 0): number | undefined {
  const first = bytes[offset]
  if (first === undefined) return undefined
  const length = varintLengthFromFirstByte(first)
  if (bytes.length - offset < length) return undefined
  let value = first & 0x3f
  for (let i = offset + 1; i < offset + length; i++) value = value * 0x100 + (bytes[i] ?? 0)
  return value
}

/** Writes `value` at `offset` and returns the offset behind it. @throws RangeError as `varintLength` */
export function writeVarint(target: Uint8Array, offset: number, value: number | bigint): number {
  const length = varintLength(value)
  const view = new DataView(target.buffer, target.byteOffset)
  if (length === 1) view.setUint8(offset, Number(value))
  else if (length === 2) view.setUint16(offset, Number(value) | 0x4000)
  else if (length === 4) view.setUint32(offset, Number(value) + 0x8000_0000)
  else view.setBigUint64(offset, BigInt(value) | 0xc000_0000_0000_0000n)
  return offset + length
}

/** The shortest encoding of `value`. @throws RangeError as `varintLength` */
export function encodeVarint(value: number | bigint): Uint8Array {
  const bytes = new Uint8Array(varintLength(value))
  writeVarint(bytes, 0, value)
  return bytes
}
