import { concat } from '../bytes.ts'
import { InvalidFieldError } from '../errors.ts'
import type { Field } from '../fields.ts'
import { huffmanEncode, huffmanLength } from './huffman.ts'
import { encodeInteger } from './integer.ts'
import { staticFieldIndex, staticNameIndex } from './static-table.ts'

/**
 * A field section (RFC 9204, 4.5) that refers to the static table only, strings in whichever form is shorter. It is
 * the payload of HEADERS.
 *
 * @throws InvalidFieldError for a character above 0xff
 */
export function encodeFieldSection(fields: Iterable<Field>): Uint8Array {
  // Required Insert Count and Delta Base: 0, no dynamic table (4.5.1).
  const parts: Uint8Array[] = [Uint8Array.of(0, 0)]
  for (const [name, value] of fields) {
    const fieldIndex = staticFieldIndex(name, value)
    const nameIndex = staticNameIndex(name)
    if (fieldIndex !== undefined) {
      // Indexed Field Line, static (4.5.2)
      parts.push(Uint8Array.from(encodeInteger(0xc0, 6, fieldIndex)))
    } else if (nameIndex !== undefined) {
      // Literal Field Line with Name Reference, static (4.5.4)
      parts.push(Uint8Array.from(encodeInteger(0x50, 4, nameIndex)), encodeString(0x00, 7, value))
    } else {
      // Literal Field Line with Literal Name (4.5.6)
      parts.push(encodeString(0x20, 3, name), encodeString(0x00, 7, value))
    }
  }
  return concat(...parts)
}

/** A string literal (4.1.2): a Huffman flag above a length of `prefixBits`. */
function encodeString(flags: number, prefixBits: number, text: string): Uint8Array {
  const bytes = latin1(text)
  const huffman = huffmanLength(bytes)
  return huffman < bytes.length
    ? concat(Uint8Array.from(encodeInteger(flags | (1 << prefixBits), prefixBits, huffman)), huffmanEncode(bytes))
    : concat(Uint8Array.from(encodeInteger(flags, prefixBits, bytes.length)), bytes)
}

function latin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0xff) throw new InvalidFieldError(`${JSON.stringify(text)} has characters that a field cannot carry`)
    bytes[i] = code
  }
  return bytes
}
