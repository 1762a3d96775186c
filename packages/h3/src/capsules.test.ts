import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { concat } from './bytes.ts'
import {
  type Capsule,
  CapsuleDecoder,
  CapsuleType,
  encodeCapsule,
  encodeCloseCapsule,
  encodeDrainCapsule,
  encodeFlowControlCapsule,
  type FlowControlCapsule,
} from './capsules.ts'
import { cut, cuts, decodeAll, hex, mutated, throwsH3, unhex } from './testing/support.ts'

function decode(chunks: readonly Uint8Array[]): { events: Capsule[]; error: string | undefined } {
  return decodeAll(new CapsuleDecoder(), chunks)
}

const RESERVED = encodeCapsule(0x17 + 0x29 * 1000, unhex('010203'))

test('writes CLOSE and DRAIN as other implementations do', () => {
  assert.equal(hex(encodeCloseCapsule(0, '')), '68430400000000')
  assert.equal(hex(encodeCloseCapsule(0xdeadbeef, 'é')), '684306deadbeefc3a9')
  assert.equal(hex(encodeDrainCapsule()), '800078ae00')
  assert.equal(hex(encodeFlowControlCapsule({ type: 'max-streams', kind: 'bidi', limit: 100 })), '990b4d3f024064')
})

const FLOW_CONTROL: readonly FlowControlCapsule[] = [
  { type: 'max-data', limit: 1 << 20 },
  { type: 'max-streams', kind: 'bidi', limit: 1 },
  { type: 'max-streams', kind: 'uni', limit: 2 },
  { type: 'data-blocked', limit: 3 },
  { type: 'streams-blocked', kind: 'bidi', limit: 4 },
  { type: 'streams-blocked', kind: 'uni', limit: 5 },
]

test('each capsule of flow control has a type of its own', () => {
  const types = FLOW_CONTROL.map((capsule) => hex(encodeFlowControlCapsule(capsule)).slice(0, 8))
  assert.deepEqual(types, ['990b4d3d', '990b4d3f', '990b4d40', '990b4d41', '990b4d43', '990b4d44'])
})

const CAPSULES: readonly (readonly [bytes: Uint8Array, capsule: Capsule])[] = [
  [encodeDrainCapsule(), { type: 'drain' }],
  ...FLOW_CONTROL.map((capsule): [Uint8Array, Capsule] => [encodeFlowControlCapsule(capsule), capsule]),
  [encodeCloseCapsule(7, 'bye'), { type: 'close', code: 7, reason: 'bye' }],
]

test('reads every capsule of a session, between ones that it does not know', () => {
  const bytes = CAPSULES.flatMap(([bytes]) => [RESERVED, bytes])
  assert.deepEqual(decode(bytes), { events: CAPSULES.map(([, capsule]) => capsule), error: undefined })
})

test('cuts a reason to 1,024 bytes at the end of a character', () => {
  const { events } = decode([encodeCloseCapsule(1, `x${'é'.repeat(600)}`)])
  assert.deepEqual(events, [{ type: 'close', code: 1, reason: `x${'é'.repeat(511)}` }])
})

test('keeps the code of a CLOSE whose reason the peer cut inside a character', () => {
  assert.deepEqual(decode([unhex('684305 00000002 c3')]).events, [{ type: 'close', code: 2, reason: '\ufffd' }])
})

const REFUSED: readonly (readonly [what: string, bytes: Uint8Array])[] = [
  ['CLOSE of three bytes', unhex('684303000000')],
  ['CLOSE with a reason of 1,025 bytes', encodeCapsule(CapsuleType.CLOSE_SESSION, new Uint8Array(1029))],
  ['CLOSE that claims 2^62 - 1 bytes', unhex('6843ffffffffffffffff')],
  ['bytes behind CLOSE', concat(encodeCloseCapsule(0, ''), RESERVED)],
  ['DRAIN with a payload', unhex('800078ae0100')],
  ['an empty WT_MAX_DATA', unhex('990b4d3d00')],
  ['WT_MAX_STREAMS with a byte too many', unhex('990b4d3f020101')],
  ['WT_MAX_STREAMS with half an integer', unhex('990b4d3f0140')],
  ['WT_MAX_STREAM_DATA of HTTP/2', encodeCapsule(CapsuleType.MAX_STREAM_DATA, unhex('0001'))],
  ['WT_STREAM_DATA_BLOCKED of HTTP/2', encodeCapsule(CapsuleType.STREAM_DATA_BLOCKED, unhex('0001'))],
  ['a FIN inside a type', unhex('68')],
  ['a FIN before a length', unhex('6843')],
  ['a FIN inside CLOSE', unhex('6843040000')],
  ['a FIN inside a reserved capsule', RESERVED.subarray(0, -1)],
]

for (const [what, bytes] of REFUSED) {
  test(`answers ${what} with H3_MESSAGE_ERROR`, () => {
    assert.equal(decode([bytes]).error, 'ERR_H3_MESSAGE_ERROR')
  })
}

test('raises stream errors and checks what it is asked to send', () => {
  const decoder = new CapsuleDecoder()
  decoder.push(unhex('684303'))
  throwsH3('stream', 'H3_MESSAGE_ERROR', () => decoder.next())
  for (const code of [-1, 2 ** 32, 0.5]) assert.throws(() => encodeCloseCapsule(code, ''), RangeError)
})

test('passes over an unknown capsule of 2^62 - 1 bytes without holding it', () => {
  const decoder = new CapsuleDecoder()
  decoder.push(unhex('17ffffffffffffffff'))
  const chunk = new Uint8Array(65_536)
  for (let i = 0; i < 1000; i++) {
    decoder.push(chunk)
    assert.equal(decoder.next(), undefined)
  }
})

test('reads back what was written', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 0xffff_ffff }),
      fc.string({ unit: 'binary', maxLength: 200 }),
      cuts,
      (code, reason, places) => {
        const wellFormed = reason.toWellFormed()
        const { events } = decode(cut(encodeCloseCapsule(code, wellFormed), places))
        assert.deepEqual(events, [{ type: 'close', code, reason: wellFormed }])
      },
    ),
  )
})

test('makes the same of any bytes however they are cut, and throws nothing but typed errors', () => {
  fc.assert(
    fc.property(mutated([RESERVED, ...CAPSULES.map(([bytes]) => bytes)]), cuts, (bytes, places) => {
      assert.deepEqual(decode(cut(bytes, places)), decode([bytes]))
    }),
    { numRuns: 300 },
  )
})
