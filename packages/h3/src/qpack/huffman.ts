/**
 * The Huffman code of HPACK and QPACK (RFC 7541, 5.2 and Appendix B).
 *
 * The code is canonical: codes of one length are consecutive, in the order of their symbols, and the first of each
 * length follows from the last of the length before. So the lengths are all that has to be written down.
 */
const LENGTHS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
  28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6,
  5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23,
  22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22,
  23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26,
  20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27,
  27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27,
  27, 27, 27, 26, 30,
]
const EOS = 256
const MAX_LENGTH = 30

/** By length: the first code, how many there are, and where their symbols begin in SYMBOLS. */
const FIRST_CODE: number[] = new Array(MAX_LENGTH + 1).fill(0)
const COUNT: number[] = new Array(MAX_LENGTH + 1).fill(0)
const OFFSET: number[] = new Array(MAX_LENGTH + 1).fill(0)
/** Symbols by length, then by value. */
const SYMBOLS: number[] = []
/** By symbol. */
const CODES: number[] = new Array(LENGTHS.length).fill(0)

let nextCode = 0
for (let length = 1; length <= MAX_LENGTH; length++) {
  nextCode *= 2
  FIRST_CODE[length] = nextCode
  OFFSET[length] = SYMBOLS.length
  for (const [symbol, itsLength] of LENGTHS.entries()) {
    if (itsLength !== length) continue
    SYMBOLS.push(symbol)
    CODES[symbol] = nextCode++
  }
  COUNT[length] = SYMBOLS.length - (OFFSET[length] ?? 0)
}

/** Bytes that `bytes` would take. */
export function huffmanLength(bytes: Uint8Array): number {
  let bits = 0
  for (const byte of bytes) bits += LENGTHS[byte] ?? 0
  return Math.ceil(bits / 8)
}

/** Encodes, filling the last byte with ones, the beginning of EOS. */
export function huffmanEncode(bytes: Uint8Array): Uint8Array {
  const encoded = new Uint8Array(huffmanLength(bytes))
  let offset = 0
  let pending = 0
  let pendingBits = 0
  for (const byte of bytes) {
    // At most 7 + 30 bits wait, more than a bitwise operator holds, so this is arithmetic on doubles.
    const length = LENGTHS[byte] ?? 0
    pending = pending * 2 ** length + (CODES[byte] ?? 0)
    pendingBits += length
    while (pendingBits >= 8) {
      pendingBits -= 8
      const unit = 2 ** pendingBits
      encoded[offset++] = Math.floor(pending / unit)
      pending %= unit
    }
  }
  if (pendingBits > 0) encoded[offset] = (pending << (8 - pendingBits)) | (0xff >> pendingBits)
  return encoded
}

/**
 * Decodes; undefined when the input holds EOS, or does not end with fewer than eight ones of padding. The result is at
 * most 8/5 of the input.
 */
export function huffmanDecode(bytes: Uint8Array): Uint8Array | undefined {
  const decoded = new Uint8Array(Math.floor((bytes.length * 8) / 5))
  let written = 0
  let code = 0
  let length = 0
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = (code << 1) | ((byte >> bit) & 1)
      length += 1
      const index = code - (FIRST_CODE[length] ?? 0)
      if (index >= (COUNT[length] ?? 0)) {
        if (length === MAX_LENGTH) return undefined
        continue
      }
      const symbol = SYMBOLS[(OFFSET[length] ?? 0) + index]
      if (symbol === undefined || symbol === EOS) return undefined
      decoded[written++] = symbol
      code = 0
      length = 0
    }
  }
  if (length > 7 || code !== (1 << length) - 1) return undefined
  return decoded.subarray(0, written)
}
