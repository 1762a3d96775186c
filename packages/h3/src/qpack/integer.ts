/**
 * Integers with a prefix (RFC 9204, 4.1.1; RFC 7541, 5.1): the low `prefixBits` of the first byte, then groups of
 * seven bits, least significant first.
 */
export function encodeInteger(flags: number, prefixBits: number, value: number): number[] {
  const limit = 2 ** prefixBits - 1
  if (value < limit) return [flags | value]
  const bytes = [flags | limit]
  let rest = value - limit
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  bytes.push(rest)
  return bytes
}

/** Groups of seven bits after the prefix that are read at most: 35 bits, far above every length that is accepted. */
const MAX_GROUPS = 5

/**
 * Reads an integer at `offset`; undefined when it is cut off or beyond what can matter here.
 */
export function decodeInteger(
  bytes: Uint8Array,
  offset: number,
  prefixBits: number,
): { readonly value: number; readonly end: number } | undefined {
  const limit = 2 ** prefixBits - 1
  const first = bytes[offset]
  if (first === undefined) return undefined
  let value = first & limit
  if (value < limit) return { value, end: offset + 1 }
  for (let group = 0; group < MAX_GROUPS; group++) {
    const byte = bytes[offset + 1 + group]
    if (byte === undefined) return undefined
    value += (byte & 0x7f) * 0x80 ** group
    if (byte < 0x80) return { value, end: offset + 2 + group }
  }
  return undefined
}
