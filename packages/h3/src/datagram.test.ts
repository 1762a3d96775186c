import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { datagramHeader, decodeDatagram, encodeDatagram } from './datagram.ts'
import { hex, throwsH3, unhex } from './testing/support.ts'

test('puts a quarter of the session id before the payload', () => {
  assert.equal(hex(encodeDatagram(0, unhex('aabb'))), '00aabb')
  assert.equal(hex(datagramHeader(256)), '4040')
})

test('reads back what was written', () => {
  fc.assert(
    fc.property(fc.nat(), fc.uint8Array({ maxLength: 30 }), (quarter, payload) => {
      const decoded = decodeDatagram(encodeDatagram(quarter * 4, payload))
      assert.equal(decoded.sessionId, quarter * 4)
      assert.deepEqual([...decoded.payload], [...payload])
    }),
  )
})

test('refuses a quarter stream id that is cut off or above 2^60 - 1', () => {
  for (const bytes of ['', '40', 'c000', 'd000000000000000', 'ffffffffffffffff']) {
    throwsH3('connection', 'H3_DATAGRAM_ERROR', () => decodeDatagram(unhex(bytes)))
  }
  assert.doesNotThrow(() => decodeDatagram(unhex('cfffffffffffffff')))
  assert.throws(() => encodeDatagram(3, unhex('')), RangeError)
})
