import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hex, unhex } from '../testing/support.ts'
import { huffmanDecode, huffmanEncode, huffmanLength } from './huffman.ts'

/** RFC 7541, C.4 and C.6 */
const VECTORS: readonly (readonly [text: string, bytes: string])[] = [
  ['www.example.com', 'f1e3c2e5f23a6ba0ab90f4ff'],
  ['no-cache', 'a8eb10649cbf'],
  ['custom-key', '25a849e95ba97d7f'],
  ['custom-value', '25a849e95bb8e8b4bf'],
  ['302', '6402'],
  ['private', 'aec3771a4b'],
  ['Mon, 21 Oct 2013 20:13:21 GMT', 'd07abe941054d444a8200595040b8166e082a62d1bff'],
  ['https://www.example.com', '9d29ad171863c78f0b97c8e9ae82ae43d3'],
  [
    'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
    '94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
  ],
]

const ascii = (text: string) => new TextEncoder().encode(text)

test('agrees with the examples of RFC 7541', () => {
  for (const [text, bytes] of VECTORS) {
    assert.equal(hex(huffmanEncode(ascii(text))), bytes)
    assert.deepEqual(huffmanDecode(unhex(bytes)), ascii(text))
  }
})

/** Codes of RFC 7541, Appendix B: the first and the last of several lengths. */
const CODES: readonly (readonly [symbol: number, code: string])[] = [
  [48, '00000'],
  [116, '01001'],
  [32, '010100'],
  [117, '101101'],
  [58, '1011100'],
  [88, '11111100'],
  [33, '1111111000'],
  [0, '1111111111000'],
  [92, '1111111111111110000'],
  [128, '11111111111111100110'],
  [1, '11111111111111111011000'],
  [255, '11111111111111111111101110'],
  [249, '1111111111111111111111111110'],
  [10, '111111111111111111111111111100'],
  [22, '111111111111111111111111111110'],
]

test('derives the codes of Appendix B from their lengths', () => {
  for (const [symbol, code] of CODES) {
    const bits = [...huffmanEncode(Uint8Array.of(symbol))].map((byte) => byte.toString(2).padStart(8, '0')).join('')
    assert.equal(bits, code.padEnd(bits.length, '1'))
  }
})

test('decodes what it encoded, for all bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const encoded = huffmanEncode(bytes)
      assert.equal(encoded.length, huffmanLength(bytes))
      assert.deepEqual([...(huffmanDecode(encoded) ?? [])], [...bytes])
    }),
  )
})

test('accepts only its own encoding: one padding, of fewer than eight ones, and no EOS', () => {
  const refused = {
    'zeros as padding': '00',
    'eight ones of padding': 'f1e3c2e5f23a6ba0ab90f4ffff',
    EOS: 'fffffffc',
    'EOS and more': 'ffffffffff',
    'half a code': 'fffe',
  }
  for (const bytes of Object.values(refused)) assert.equal(huffmanDecode(unhex(bytes)), undefined)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
      const decoded = huffmanDecode(bytes)
      if (decoded !== undefined) assert.deepEqual(huffmanEncode(decoded), bytes)
    }),
    { numRuns: 1000 },
  )
})
