import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { H3Error, InvalidFieldError } from '../errors.ts'
import type { Field } from '../fields.ts'
import { hex, mutated, throwsH3, unhex } from '../testing/support.ts'
import { decodeFieldSection } from './decode.ts'
import { encodeFieldSection } from './encode.ts'
import { STATIC_TABLE, staticFieldIndex, staticNameIndex } from './static-table.ts'

test('has the static table of RFC 9204, Appendix A', () => {
  assert.equal(STATIC_TABLE.length, 99)
  const spots: readonly (readonly [index: number, name: string, value: string])[] = [
    [0, ':authority', ''],
    [1, ':path', '/'],
    [15, ':method', 'CONNECT'],
    [23, ':scheme', 'https'],
    [25, ':status', '200'],
    [27, ':status', '404'],
    [28, ':status', '503'],
    [41, 'cache-control', 'public, max-age=31536000'],
    [62, 'x-xss-protection', '1; mode=block'],
    [64, ':status', '204'],
    [67, ':status', '400'],
    [68, ':status', '403'],
    [71, ':status', '500'],
    [72, 'accept-language', ''],
    [90, 'origin', ''],
    [92, 'server', ''],
    [95, 'user-agent', ''],
    [98, 'x-frame-options', 'sameorigin'],
  ]
  for (const [index, name, value] of spots) assert.deepEqual(STATIC_TABLE[index], [name, value])
  assert.equal(staticNameIndex(':status'), 24)
  assert.equal(staticFieldIndex(':status', '403'), 68)
  assert.equal(staticFieldIndex(':status', '405'), undefined)
  assert.equal(staticNameIndex(':protocol'), undefined)
})

test('reads the example of RFC 9204, B.1', () => {
  assert.deepEqual(decodeFieldSection(unhex('0000 510b 2f69 6e64 6578 2e68 746d 6c')), [[':path', '/index.html']])
})

test('writes the shortest form of each field', () => {
  assert.equal(hex(encodeFieldSection([[':status', '200']])), '0000d9')
  assert.equal(hex(encodeFieldSection([[':method', 'CONNECT']])), '0000cf')
  // 98 does not fit the prefix of six bits
  assert.equal(hex(encodeFieldSection([['x-frame-options', 'sameorigin']])), '0000ff23')
  assert.equal(hex(encodeFieldSection([['origin', '']])), '0000ff1b')
  // A name from the table, a value that Huffman does not shorten
  assert.equal(hex(encodeFieldSection([['origin', '{}']])), '00005f4b027b7d')
  // As Chromium and Firefox write it: both strings by Huffman
  assert.equal(hex(encodeFieldSection([[':protocol', 'webtransport']])), '00002f00b95d8749c87a3f89f058d360ea4567b13f')
})

test('reads literals that must never be indexed', () => {
  assert.deepEqual(decodeFieldSection(unhex('0000 70 0161 33 616263 0178')), [
    [':authority', 'a'],
    ['abc', 'x'],
  ])
})

test('reads back any fields', () => {
  const text = fc.string({ unit: fc.nat({ max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 60 })
  const field = fc.oneof(fc.tuple(text, text), fc.constantFrom(...STATIC_TABLE))
  fc.assert(
    fc.property(fc.array(field, { maxLength: 10 }), (fields) => {
      assert.deepEqual(decodeFieldSection(encodeFieldSection(fields)), fields)
    }),
  )
})

const REFUSED: readonly (readonly [what: string, bytes: string])[] = [
  ['nothing', ''],
  ['half a prefix', '00'],
  ['a required insert count', '0380 10'],
  ['a negative base', '0080'],
  ['an indexed field of the dynamic table', '000080'],
  ['a post-base index', '000010'],
  ['a name of the dynamic table', '00004000'],
  ['a post-base name', '00000000'],
  ['static index 99', '0000ff24'],
  ['a static name of index 99', '00005f5400'],
  ['an index that is cut off', '0000ff'],
  ['an index without end', '0000ffffffffffffffffff'],
  ['a value that is cut off', '000051022f'],
  ['a literal without a value', '00002161'],
  ['a value of malformed Huffman code', '0000518100'],
]

for (const [what, bytes] of REFUSED) {
  test(`answers ${what} with QPACK_DECOMPRESSION_FAILED`, () => {
    throwsH3('connection', 'QPACK_DECOMPRESSION_FAILED', () => decodeFieldSection(unhex(bytes)))
  })
}

test('bounds the number of fields and their size', () => {
  const fields = (count: number, value: string): Field[] => Array.from({ length: count }, () => ['a', value])
  assert.equal(decodeFieldSection(encodeFieldSection(fields(128, ''))).length, 128)
  const refused = [
    decodeFieldSection.bind(undefined, encodeFieldSection(fields(129, ''))),
    decodeFieldSection.bind(undefined, encodeFieldSection(fields(1, 'x'.repeat(16_384)))),
    decodeFieldSection.bind(undefined, encodeFieldSection(fields(4, '0'.repeat(4096)))),
    decodeFieldSection.bind(undefined, encodeFieldSection(fields(2, '')), { maxFields: 1 }),
    decodeFieldSection.bind(undefined, encodeFieldSection(fields(1, 'xxx')), { maxSize: 35 }),
  ]
  for (const decode of refused) throwsH3('stream', 'H3_EXCESSIVE_LOAD', decode)
  assert.doesNotThrow(() => decodeFieldSection(encodeFieldSection(fields(1, 'xxx')), { maxSize: 36 }))
})

test('refuses to write a character above 0xff', () => {
  assert.throws(() => encodeFieldSection([['a', 'ž']]), InvalidFieldError)
})

test('throws nothing but typed errors, whatever the bytes', () => {
  const seeds = [encodeFieldSection(STATIC_TABLE), encodeFieldSection([['a', 'b']]), unhex('0000'), unhex('5f00')]
  fc.assert(
    fc.property(mutated(seeds), (bytes) => {
      try {
        decodeFieldSection(bytes)
      } catch (error) {
        assert.ok(error instanceof H3Error)
      }
    }),
    { numRuns: 500 },
  )
})
