import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hex, unhex } from './testing/support.ts'
import { encodeVarint, MAX_VARINT, readVarint, varintLength, varintLengthFromFirstByte, writeVarint } from './varint.ts'

const VECTORS: readonly (readonly [bytes: string, value: number | bigint])[] = [
  // RFC 9000, A.1
  ['c2197c5eff14e88c', 151_288_809_941_952_652n],
  ['9d7f3e7d', 494_878_333],
  ['7bbd', 15_293],
  ['25', 37],
  // Code points of WebTransport
  ['4041', 0x41],
  ['4054', 0x54],
  ['6b61', 0x2b61],
  ['6843', 0x2843],
  ['800078ae', 0x78ae],
  ['80ffd277', 0xffd277],
  ['990b4d3d', 0x190b4d3d],
  ['ab603742', 0x2b603742],
  ['94e9cd29', 0x14e9cd29],
  ['ac7cf000', 0x2c7cf000],
  ['c0000000c671706a', 0xc671706a],
  ['ffffffffffffffff', MAX_VARINT],
]

test('agrees with the examples of RFC 9000 and the code points of WebTransport', () => {
  for (const [bytes, value] of VECTORS) {
    assert.equal(hex(encodeVarint(value)), bytes)
    assert.equal(readVarint(unhex(bytes)), Number(value))
  }
})

test('reads a value that was not written in its shortest form', () => {
  assert.equal(readVarint(unhex('4025')), 37)
  assert.equal(readVarint(unhex('c000000000000025')), 37)
})

test('rounds a value above 2^53 - 1 to one that no known code point has', () => {
  assert.ok((readVarint(unhex('c020000000000001')) ?? 0) >= 2 ** 53)
})

test('reads back whatever was written, at any offset, in as many bytes as announced', () => {
  fc.assert(
    fc.property(fc.oneof(fc.maxSafeNat(), fc.nat({ max: 0x8000 })), fc.nat({ max: 20 }), (value, offset) => {
      const bytes = new Uint8Array(offset + 8)
      const end = writeVarint(bytes, offset, value)
      assert.equal(readVarint(bytes, offset), value)
      assert.equal(end - offset, varintLength(value))
      assert.equal(varintLengthFromFirstByte(bytes[offset] ?? 0), varintLength(value))
      assert.equal(readVarint(bytes.subarray(0, end - 1), offset), undefined)
    }),
  )
})

test('refuses what has no exact encoding', () => {
  for (const value of [-1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY, -1n, MAX_VARINT + 1n]) {
    assert.throws(() => encodeVarint(value), RangeError)
  }
})
