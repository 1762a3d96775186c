import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { InvalidLedgerMessageError } from '../errors.ts'
import type { EndLedger, LedgerAccount, LedgerStream } from './end-ledger.ts'
import { decodeAnswer, decodeQuestion, encodeAnswer, encodeQuestion, MAX_MESSAGE } from './message.ts'

const ACCOUNT: LedgerAccount = {
  layer: 'quic',
  kind: 'bidi',
  opener: 'us',
  limit: 100,
  opened: 9,
  accepted: 8,
  retired: 7,
  waiting: 1,
  blockedFor: 20,
}

const STREAM: LedgerStream = {
  id: 4,
  kind: 'bidi',
  opener: 'us',
  owner: '/echo/1.0.0',
  age: 30,
  acceptedFor: 20,
  send: 'finished',
  receive: 'open',
  closedFor: null,
}

const LEDGER: EndLedger = { exact: true, accounts: [ACCOUNT], live: 1, streams: [STREAM] }

const encoded = (message: unknown) => new TextEncoder().encode(JSON.stringify(message))

test('what is asked and answered arrives as it was', () => {
  for (const question of ['ledger', 'rotate'] as const) assert.equal(decodeQuestion(encodeQuestion(question)), question)
  const bare: EndLedger = {
    exact: false,
    accounts: [{ ...ACCOUNT, limit: null, blockedFor: null }],
    live: 3,
    streams: [{ ...STREAM, id: null, owner: null, acceptedFor: null, send: null, receive: 'stopped', closedFor: 4 }],
  }
  for (const answer of [LEDGER, bare, 'later', 'yes', 'no'] as const) {
    assert.deepEqual(decodeAnswer(encodeAnswer(answer)), answer)
  }
})

test('fields that nobody asked for are left out', () => {
  const more = { ...LEDGER, extra: 'x'.repeat(100), streams: [{ ...STREAM, constructor: 1 }] }
  assert.deepEqual(decodeAnswer(encoded(more)), LEDGER)
})

test('an answer with more streams than fit lists the oldest, and still says how many there are', () => {
  const streams = Array.from({ length: 256 }, (_, index) => ({ ...STREAM, id: index * 4, owner: '/'.repeat(256) }))
  const bytes = encodeAnswer({ ...LEDGER, live: 256, streams })
  assert.ok(bytes.byteLength <= MAX_MESSAGE)
  const answer = decodeAnswer(bytes)
  assert.ok(typeof answer === 'object')
  assert.equal(answer.live, 256)
  assert.deepEqual(answer.streams, streams.slice(0, answer.streams.length))
  assert.ok(answer.streams.length >= 64)
})

const HOSTILE_ANSWERS: Record<string, unknown> = {
  'no object': 7,
  null: null,
  'a list': [],
  'nothing in it': {},
  'a word that is none': { answer: 'maybe' },
  'a word of another type': { answer: 1 },
  'no boolean': { ...LEDGER, exact: 'true' },
  'no accounts': { ...LEDGER, accounts: undefined },
  'accounts that are no list': { ...LEDGER, accounts: { length: 1 } },
  'too many accounts': { ...LEDGER, accounts: Array(9).fill(ACCOUNT) },
  'an account that is no object': { ...LEDGER, accounts: [null] },
  'an unknown layer': { ...LEDGER, accounts: [{ ...ACCOUNT, layer: 'http' }] },
  'an unknown kind': { ...LEDGER, accounts: [{ ...ACCOUNT, kind: '__proto__' }] },
  'an unknown opener': { ...LEDGER, accounts: [{ ...ACCOUNT, opener: ['us'] }] },
  'a negative count': { ...LEDGER, accounts: [{ ...ACCOUNT, opened: -1 }] },
  'a fraction': { ...LEDGER, accounts: [{ ...ACCOUNT, waiting: 0.5 }] },
  'a count beyond counting': { ...LEDGER, accounts: [{ ...ACCOUNT, limit: 2 ** 60 }] },
  'a count that is text': { ...LEDGER, accounts: [{ ...ACCOUNT, limit: '100' }] },
  'more retired than opened': { ...LEDGER, accounts: [{ ...ACCOUNT, retired: 10 }] },
  'more accepted than opened': { ...LEDGER, accounts: [{ ...ACCOUNT, accepted: 10 }] },
  'a missing time': { ...LEDGER, accounts: [{ ...ACCOUNT, blockedFor: undefined }] },
  'too many streams': { ...LEDGER, live: 257, streams: Array(257).fill(STREAM) },
  'more streams listed than alive': { ...LEDGER, live: 0 },
  'a stream that is text': { ...LEDGER, streams: ['stream'] },
  'a long owner': { ...LEDGER, streams: [{ ...STREAM, owner: 'x'.repeat(257) }] },
  'an owner that is no text': { ...LEDGER, streams: [{ ...STREAM, owner: {} }] },
  'an owner that is missing': { ...LEDGER, streams: [{ ...STREAM, owner: undefined }] },
  'an unknown state': { ...LEDGER, streams: [{ ...STREAM, send: 'half' }] },
  'a state that is missing': { ...LEDGER, streams: [{ ...STREAM, receive: undefined }] },
  'a negative age': { ...LEDGER, streams: [{ ...STREAM, age: -5 }] },
}

for (const [what, message] of Object.entries(HOSTILE_ANSWERS)) {
  test(`a hostile answer is refused with a typed error: ${what}`, () => {
    assert.throws(() => decodeAnswer(encoded(message)), { code: 'ERR_INVALID_LEDGER_MESSAGE', remote: true })
  })
}

test('bytes that are no JSON or no UTF-8, and questions that are none, are refused with a typed error', () => {
  const bad = { code: 'ERR_INVALID_LEDGER_MESSAGE' }
  for (const bytes of [new Uint8Array(), new TextEncoder().encode('{'), Uint8Array.of(0x22, 0xff, 0x22)]) {
    assert.throws(() => decodeAnswer(bytes), bad)
    assert.throws(() => decodeQuestion(bytes), bad)
  }
  for (const question of [{}, { ask: 'everything' }, { ask: null }, [], 'ledger']) {
    assert.throws(() => decodeQuestion(encoded(question)), bad)
  }
})

test('whatever JSON a peer sends is an answer that can be sent on, or a typed error', () => {
  const word = fc.constantFrom(
    'quic',
    'session',
    'bidi',
    'uni',
    'us',
    'them',
    'open',
    'ended',
    'reset',
    'later',
    '',
    null,
  )
  const number = fc.oneof(fc.nat(), fc.double(), fc.constant(null))
  const fields = (of: object) =>
    fc.record(Object.fromEntries(Object.keys(of).map((key) => [key, fc.oneof(word, number)])))
  const shaped = fc.record(
    {
      exact: fc.boolean(),
      accounts: fc.array(fields(ACCOUNT), { maxLength: 10 }),
      live: number,
      streams: fc.array(fields(STREAM), { maxLength: 3 }),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.oneof(shaped, fc.jsonValue()), (message) => {
      let answer: ReturnType<typeof decodeAnswer>
      try {
        answer = decodeAnswer(encoded(message))
      } catch (error) {
        assert.ok(error instanceof InvalidLedgerMessageError)
        return
      }
      assert.deepEqual(decodeAnswer(encodeAnswer(answer)), answer)
    }),
  )
})
