/** A writer of the little DER (ITU-T X.690) that a certificate and a private key need. */

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  sequence: 0x30,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const

export function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return element(TAG.sequence, concat(parts))
}

export function boolean(value: boolean): Uint8Array {
  return element(TAG.boolean, Uint8Array.of(value ? 0xff : 0))
}

/** A number that is not negative, from its big-endian bytes. */
export function unsignedInteger(bytes: Uint8Array): Uint8Array {
  let first = 0
  while (first < bytes.length - 1 && bytes[first] === 0) first += 1
  const digits = bytes.subarray(first)
  // A leading bit of 1 would make it negative (X.690, 8.3.3).
  return element(TAG.integer, (digits[0] ?? 0) >= 0x80 ? concat([Uint8Array.of(0), digits]) : digits)
}

export function octetString(bytes: Uint8Array): Uint8Array {
  return element(TAG.octetString, bytes)
}

/** @param unused bits at the end of the last byte that do not count */
export function bitString(bytes: Uint8Array, unused = 0): Uint8Array {
  return element(TAG.bitString, concat([Uint8Array.of(unused), bytes]))
}

export function objectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return element(TAG.objectIdentifier, Uint8Array.from([first * 40 + second, ...rest.flatMap(base128)]))
}

/** UTCTime until 2049, GeneralizedTime from then on (RFC 5280, 4.1.2.5); seconds are the finest there is. */
export function time(millis: number): Uint8Array {
  const date = new Date(millis)
  const digits = `${date.toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}Z`
  const utc = date.getUTCFullYear() < 2050
  return element(utc ? TAG.utcTime : TAG.generalizedTime, new TextEncoder().encode(utc ? digits.slice(2) : digits))
}

/** `[n] EXPLICIT` around a whole element. */
export function explicit(tag: number, content: Uint8Array): Uint8Array {
  return element(0xa0 | tag, content)
}

function element(tag: number, content: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(tag), length(content.length), content])
}

function length(size: number): Uint8Array {
  if (size < 0x80) return Uint8Array.of(size)
  return size < 0x100 ? Uint8Array.of(0x81, size) : Uint8Array.of(0x82, size >> 8, size & 0xff)
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f]
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 0x7f) | 0x80)
  return bytes
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts))
}
