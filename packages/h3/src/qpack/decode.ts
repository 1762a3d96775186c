import { ErrorCode } from '../codes.ts'
import { H3ConnectionError, H3StreamError } from '../errors.ts'
import { DEFAULT_MAX_FIELD_SECTION_SIZE, type Field, type Fields } from '../fields.ts'
import { huffmanDecode } from './huffman.ts'
import { decodeInteger } from './integer.ts'
import { STATIC_TABLE } from './static-table.ts'

export interface FieldSectionLimits {
  /** Sum over the fields of name, value and 32 (RFC 9114, 4.2.2); default 16,384. */
  readonly maxSize?: number
  /** Number of fields; default 128. */
  readonly maxFields?: number
}

/** Overhead of a field in the sum (RFC 9114, 4.2.2). */
const FIELD_OVERHEAD = 32

/**
 * Reads a field section (RFC 9204, 4.5). We announce a dynamic table of capacity 0, so nothing may refer to one.
 *
 * @throws H3ConnectionError QPACK_DECOMPRESSION_FAILED when it is malformed or refers to a dynamic table
 * @throws H3StreamError H3_EXCESSIVE_LOAD when it is above the limits
 */
export function decodeFieldSection(bytes: Uint8Array, limits: FieldSectionLimits = {}): Fields {
  const maxSize = limits.maxSize ?? DEFAULT_MAX_FIELD_SECTION_SIZE
  const maxFields = limits.maxFields ?? 128
  const reader = new Reader(bytes, maxSize)
  const requiredInsertCount = reader.integer(8)
  // The sign bit would put the base below an insert count of 0 (4.5.1.2).
  if (requiredInsertCount !== 0 || (reader.peek() & 0x80) !== 0) throw failed('a reference to the dynamic table')
  reader.integer(7)

  const fields: Field[] = []
  let size = 0
  while (!reader.atEnd) {
    const field = reader.field()
    size += field[0].length + field[1].length + FIELD_OVERHEAD
    if (size > maxSize || fields.length === maxFields) throw tooLarge()
    fields.push(field)
  }
  return fields
}

class Reader {
  readonly #bytes: Uint8Array
  readonly #maxString: number
  #offset = 0

  constructor(bytes: Uint8Array, maxString: number) {
    this.#bytes = bytes
    this.#maxString = maxString
  }

  get atEnd(): boolean {
    return this.#offset === this.#bytes.length
  }

  peek(): number {
    const byte = this.#bytes[this.#offset]
    if (byte === undefined) throw failed('a field section that is cut off')
    return byte
  }

  integer(prefixBits: number): number {
    const decoded = decodeInteger(this.#bytes, this.#offset, prefixBits)
    if (decoded === undefined) throw failed('an integer that is cut off or too large')
    this.#offset = decoded.end
    return decoded.value
  }

  field(): Field {
    const first = this.peek()
    if ((first & 0x80) !== 0) {
      // Indexed Field Line (4.5.2); the bit below says which table.
      if ((first & 0x40) === 0) throw failed('a reference to the dynamic table')
      return staticEntry(this.integer(6))
    }
    if ((first & 0x40) !== 0) {
      // Literal Field Line with Name Reference (4.5.4)
      if ((first & 0x10) === 0) throw failed('a reference to the dynamic table')
      const name = staticEntry(this.integer(4))[0]
      return [name, this.#string(7)]
    }
    if ((first & 0x20) !== 0) {
      // Literal Field Line with Literal Name (4.5.6)
      const name = this.#string(3)
      return [name, this.#string(7)]
    }
    // What is left are the post-base forms (4.5.3 and 4.5.5).
    throw failed('a post-base reference')
  }

  /** A string literal (4.1.2). */
  #string(prefixBits: number): string {
    const huffman = (this.peek() & (1 << prefixBits)) !== 0
    const length = this.integer(prefixBits)
    if (length > this.#bytes.length - this.#offset) throw failed('a string that is cut off')
    // The shortest Huffman code has five bits and the longest thirty, so this bounds the work before it is done.
    if (length > (huffman ? 4 : 1) * this.#maxString) throw tooLarge()
    const raw = this.#bytes.subarray(this.#offset, this.#offset + length)
    this.#offset += length
    const text = huffman ? huffmanDecode(raw) : raw
    if (text === undefined) throw failed('a string with a malformed Huffman code')
    return latin1(text)
  }
}

function staticEntry(index: number): Field {
  const entry = STATIC_TABLE[index]
  if (entry === undefined) throw failed(`index ${index} is outside the static table`)
  return entry
}

function latin1(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

function failed(message: string): H3ConnectionError {
  return new H3ConnectionError(ErrorCode.QPACK_DECOMPRESSION_FAILED, message)
}

function tooLarge(): H3StreamError {
  return new H3StreamError(ErrorCode.H3_EXCESSIVE_LOAD, 'a field section above the limits')
}
