import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { unhex } from '../testing/support.ts'
import { decodeInteger, encodeInteger } from './integer.ts'

test('agrees with the examples of RFC 7541, C.1', () => {
  assert.deepEqual(encodeInteger(0, 5, 10), [0x0a])
  assert.deepEqual(encodeInteger(0, 5, 1337), [0x1f, 0x9a, 0x0a])
  assert.deepEqual(encodeInteger(0, 8, 42), [0x2a])
})

test('reads back what was written, beside any flags', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 8 }), fc.nat({ max: 0xffff_ffff }), (prefixBits, value) => {
      const flags = (0xff << prefixBits) & 0xff
      const bytes = Uint8Array.from(encodeInteger(flags, prefixBits, value))
      assert.deepEqual(decodeInteger(bytes, 0, prefixBits), { value, end: bytes.length })
      for (let end = 0; end < bytes.length; end++) {
        assert.equal(decodeInteger(bytes.subarray(0, end), 0, prefixBits), undefined)
      }
    }),
  )
})

test('gives up on an integer that goes on and on', () => {
  assert.equal(decodeInteger(unhex('ff808080808080808080808000'), 0, 8), undefined)
})
