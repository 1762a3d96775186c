import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { H3ConnectionError } from './errors.ts'
import {
  encodeWebTransportHeader,
  isSessionId,
  MAX_STREAM_HEADER_LENGTH,
  parseStreamHeader,
  StreamHeaderDecoder,
} from './stream-header.ts'
import { cut, cuts, hex, throwsH3, unhex } from './testing/support.ts'

const kinds = fc.constantFrom('bidi' as const, 'uni' as const)
const sessionIds = fc.nat({ max: 2 ** 30 }).map((n) => n * 4)

test('writes the two-byte form of the types', () => {
  assert.equal(hex(encodeWebTransportHeader('bidi', 0)), '404100')
  assert.equal(hex(encodeWebTransportHeader('uni', 0)), '405400')
  assert.equal(hex(encodeWebTransportHeader('bidi', 64)), '40414040')
})

const HEADERS: readonly (readonly [kind: 'bidi' | 'uni', bytes: string, header: object])[] = [
  ['bidi', '404100', { type: 'webtransport', sessionId: 0, length: 3 }],
  ['bidi', '40413c', { type: 'webtransport', sessionId: 60, length: 3 }],
  ['bidi', '80000041 c000000000000004', { type: 'webtransport', sessionId: 4, length: 12 }],
  ['bidi', '01', { type: 'request', length: 0 }],
  ['bidi', '4054', { type: 'request', length: 0 }],
  ['uni', '405404', { type: 'webtransport', sessionId: 4, length: 3 }],
  ['uni', '00', { type: 'control', length: 1 }],
  ['uni', '01', { type: 'push', length: 1 }],
  ['uni', '02', { type: 'qpack-encoder', length: 1 }],
  ['uni', '03', { type: 'qpack-decoder', length: 1 }],
  ['uni', '4041', { type: 'unknown', length: 2 }],
  // Firefox's reserved stream type
  ['uni', 'dc152aa3750ecf55', { type: 'unknown', length: 8 }],
]

for (const [kind, bytes, header] of HEADERS) {
  test(`reads ${bytes} on a ${kind} stream`, () => {
    assert.deepEqual(parseStreamHeader(kind, unhex(`${bytes}ffff`)), header)
    const decoder = new StreamHeaderDecoder(kind)
    const results = [...unhex(`${bytes}`)].map((byte) => decoder.push(Uint8Array.of(byte)))
    assert.deepEqual(results.at(-1)?.header, header)
    assert.ok(results.slice(0, -1).every((result) => result === undefined))
  })
}

test('finds the header and leaves the rest, however the stream is cut', () => {
  fc.assert(
    fc.property(kinds, sessionIds, fc.uint8Array({ maxLength: 50 }), cuts, (kind, sessionId, body, places) => {
      const decoder = new StreamHeaderDecoder(kind)
      const chunks = cut(Uint8Array.from([...encodeWebTransportHeader(kind, sessionId), ...body]), places)
      let found: ReturnType<StreamHeaderDecoder['push']>
      while (found === undefined && chunks.length > 0) found = decoder.push(chunks.shift() ?? new Uint8Array(0))
      assert.ok(found?.header.type === 'webtransport')
      assert.equal(found.header.sessionId, sessionId)
      assert.deepEqual(
        [found.rest, ...chunks].flatMap((chunk) => [...chunk]),
        [...body],
      )
    }),
  )
})

test('gives the first bytes of a request back whole', () => {
  const decoder = new StreamHeaderDecoder('bidi')
  assert.equal(decoder.push(unhex('40')), undefined)
  assert.equal(hex(decoder.push(unhex('0120'))?.rest ?? unhex('')), '400120')
})

test('refuses a session id that is not a client-initiated bidirectional stream', () => {
  for (const kind of ['bidi', 'uni'] as const) {
    const type = kind === 'bidi' ? '4041' : '4054'
    for (const id of ['01', '02', '03', '3f', '4041', 'e000000000000000', 'fffffffffffffffc']) {
      throwsH3('connection', 'H3_ID_ERROR', () => parseStreamHeader(kind, unhex(type + id)))
    }
  }
  assert.throws(() => encodeWebTransportHeader('bidi', 2), RangeError)
  assert.equal(isSessionId(-4), false)
})

test('decides within sixteen bytes, whatever they are', () => {
  const bytes = fc.uint8Array({ minLength: MAX_STREAM_HEADER_LENGTH, maxLength: MAX_STREAM_HEADER_LENGTH })
  fc.assert(
    fc.property(kinds, bytes, (kind, bytes) => {
      try {
        assert.notEqual(parseStreamHeader(kind, bytes), undefined)
      } catch (error) {
        assert.ok(error instanceof H3ConnectionError)
      }
    }),
  )
})
