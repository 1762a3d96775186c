import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { accountProof } from '@sluice/credit'
import { type OtherAccount, otherCounts } from '../ledger-protocol/other-counts.ts'
import { BrowserLedger } from './ledger.ts'

/** Milliseconds. */
const STEP = 50

/** Time that passes only when a test says so. */
function page(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 })
  const ledger = new BrowserLedger()
  const told: string[] = []
  ledger.watch.listen(({ code }) => told.push(code))
  // In steps: the mocked date jumps to the end of a tick before its timers run, which then seem late.
  const pass = (span: number): void => {
    for (let left = span; left > 0; left -= STEP) t.mock.timers.tick(Math.min(STEP, left))
  }
  return { ledger, told, pass }
}

/** The other end's account of the streams that we open, in its own view. */
const other = (counts: Partial<OtherAccount>): OtherAccount => ({
  layer: 'session',
  kind: 'bidi',
  opener: 'them',
  limit: null,
  opened: 0,
  accepted: 0,
  retired: 0,
  waiting: 0,
  ...counts,
})

test('streams that a page opens one by one, or many at once, are no trouble', (t) => {
  const { ledger, told, pass } = page(t)
  for (let count = 0; count < 50; count += 1) {
    ledger.openAccount.wait(Date.now())
    pass(100)
    const record = ledger.opened('us')
    ledger.openAccount.unwait()
    assert.equal(ledger.verdict(false).code, 'healthy')
    if (count % 2 === 0) ledger.retired(record)
  }
  pass(5_000)
  assert.deepEqual(told, [])
})

test('an open that waits while nothing was said on our streams learns that nobody takes them, within a second', (t) => {
  const { ledger, told, pass } = page(t)
  ledger.opened('us').expectAnswer()
  pass(2_000)
  ledger.openAccount.wait(Date.now())
  pass(1_000)
  assert.deepEqual(told, ['not-accepted'])
})

test('an open that waits gets the reason that our own halves give, within a second', (t) => {
  const { ledger, told, pass } = page(t)
  const record = ledger.opened('us')
  record.own('/ipfs/bitswap/1.2.0')
  record.finish(Date.now())
  pass(2_000)
  ledger.openAccount.wait(Date.now())
  pass(1_000)
  assert.deepEqual(told, ['half-open'])
  const verdict = ledger.verdict(false)
  assert.deepEqual(accountProof(verdict)?.owner, { name: '/ipfs/bitswap/1.2.0', streams: 1 })
  assert.equal(accountProof(verdict)?.account.limit, null)
})

for (const [when, closedBefore] of [
  ['before an open began to wait', true],
  ['after that', false],
] as const) {
  test(`a page that is held up blames nobody for streams that were over ${when}, whoever asks first`, (t) => {
    const { ledger, told, pass } = page(t)
    const records = Array.from({ length: 8 }, () => ledger.opened('us'))
    const close = (): void => {
      for (const record of records) {
        record.reset(Date.now())
        record.endReceive('stopped', Date.now())
      }
    }
    if (closedBefore) close()
    pass(10)
    ledger.openAccount.wait(Date.now())
    pass(10)
    if (!closedBefore) close()
    // Time passes and no timer runs, so that whoever asks comes before the watch.
    t.mock.timers.setTime(Date.now() + 500)
    assert.equal(ledger.verdict(false).code, 'healthy')
    pass(2_000)
    assert.deepEqual(told, ['not-released'])
  })
}

test('credit that was once there and is not any more is withheld', (t) => {
  const { ledger, pass } = page(t)
  const records = Array.from({ length: 20 }, () => ledger.opened('us'))
  pass(1_000)
  for (const record of records) ledger.retired(record)
  pass(1_000)
  ledger.openAccount.wait(Date.now())
  pass(1_000)
  const verdict = ledger.verdict(false)
  assert.deepEqual([verdict.code, accountProof(verdict)?.unreturned], ['credit-withheld', 20])
  assert.match(verdict.summary, /: 20 were live at once before and 0 are now/)
})

test('what the other end counts makes the verdict exact, until something happens here', (t) => {
  const { ledger, pass } = page(t)
  for (let count = 0; count < 16; count += 1) ledger.opened('us')
  pass(1_000)
  ledger.openAccount.wait(Date.now())
  pass(1_000)
  assert.equal(ledger.verdict(false).code, 'limit-too-small')
  ledger.hear(
    otherCounts([other({ layer: 'quic', limit: 17, opened: 17, accepted: 1 }), other({ opened: 16, accepted: 0 })]),
  )
  const exact = ledger.verdict(false)
  assert.equal(exact.code, 'not-accepted')
  assert.match(exact.summary, /the application at the peer has not accepted 16 of 16/)
  assert.equal(accountProof(exact)?.other?.limit, 17)
  pass(STEP)
  ledger.opened('us')
  pass(1_000)
  assert.equal(ledger.verdict(false).code, 'limit-too-small')
})

test('streams that only the other end thinks are alive hold the credit', (t) => {
  const { ledger, pass } = page(t)
  const records = Array.from({ length: 16 }, () => ledger.opened('us'))
  for (const record of records.slice(4)) ledger.retired(record)
  pass(1_000)
  ledger.openAccount.wait(Date.now())
  pass(1_000)
  ledger.hear(otherCounts([other({ opened: 16, accepted: 16 })]))
  const exact = ledger.verdict(false)
  assert.equal(exact.code, 'credit-withheld')
  assert.match(exact.summary, /the peer counts 16 as live, of which 12 are over here/)
})

test('a peer whose opens wait for streams that this page holds says so by its ledger', (t) => {
  const { ledger, told, pass } = page(t)
  for (let count = 0; count < 100; count += 1) {
    const record = ledger.opened('them')
    record.accept(Date.now())
    record.endReceive('ended', Date.now())
  }
  pass(2_000)
  assert.equal(ledger.verdict(false).code, 'healthy')
  ledger.hear(otherCounts([other({ layer: 'quic', opener: 'us', limit: 100, opened: 100, accepted: 100, waiting: 3 })]))
  pass(1_000)
  assert.deepEqual(told, ['half-open'])
})

test('streams that the peer has open and that the browser never handed over get their name within a second', (t) => {
  const { ledger, told, pass } = page(t)
  ledger.retired(ledger.opened('them'))
  pass(100)
  ledger.hear(otherCounts([other({ opener: 'us', opened: 4, accepted: 4, retired: 1 })]))
  pass(1_000)
  assert.deepEqual(told, ['not-delivered'])
  assert.equal(ledger.verdict(false).summary, 'the peer has 3 streams open, and the browser has handed over 0 of them')
})

test('a peer that says so again and again does not put the verdict off', (t) => {
  const { ledger, told, pass } = page(t)
  for (let asked = 0; asked < 4; asked += 1) {
    ledger.hear(otherCounts([other({ opener: 'us', opened: 2, accepted: 2 })]))
    pass(250)
  }
  assert.deepEqual(told, ['not-delivered'])
})

test('what is not delivered gets its name in time though the watch looked too early, for an open of ours', (t) => {
  const { ledger, told, pass } = page(t)
  ledger.openAccount.wait(Date.now())
  ledger.opened('us')
  ledger.openAccount.unwait()
  pass(100)
  for (let asked = 0; asked < 3; asked += 1) {
    assert.deepEqual(told, [])
    ledger.hear(otherCounts([other({ opener: 'us', opened: 2, accepted: 2 })]))
    if (asked < 2) pass(250)
  }
  assert.deepEqual(told, ['not-delivered'])
})

test('a browser that never handed over any is found out too', (t) => {
  const { ledger, told, pass } = page(t)
  ledger.hear(otherCounts([other({ opener: 'us', opened: 1, accepted: 1 })]))
  pass(1_000)
  assert.deepEqual(told, ['not-delivered'])
})

test('a stream that was on its way when the peer counted it is no trouble', (t) => {
  const { ledger, told, pass } = page(t)
  ledger.hear(otherCounts([other({ opener: 'us', opened: 1, accepted: 1 })]))
  pass(100)
  ledger.opened('them')
  pass(5_000)
  assert.deepEqual(told, [])
})

test('neither is one that the peer cut off before it was seen, nor one that is over here and not yet there', (t) => {
  const { ledger, told, pass } = page(t)
  ledger.opened('them')
  ledger.retired(ledger.opened('them'))
  pass(100)
  ledger.hear(otherCounts([other({ opener: 'us', opened: 3, accepted: 3, retired: 2 })]))
  pass(5_000)
  ledger.hear(otherCounts([other({ opener: 'us', opened: 2, accepted: 2, retired: 0 })]))
  pass(5_000)
  assert.deepEqual(told, [])
})

test('live streams are listed oldest first, with what is known of them', (t) => {
  const { ledger, pass } = page(t)
  const [first, second] = [ledger.opened('them'), ledger.opened('us')]
  pass(10)
  second.wrote(7, Date.now())
  ledger.retired(first)
  const third = ledger.opened('them')
  assert.deepEqual(
    ledger.liveStreams(9).map(({ id, opener, bytesWritten }) => [id, opener, bytesWritten]),
    [
      [second.id, 'us', 7],
      [third.id, 'them', 0],
    ],
  )
  assert.deepEqual(ledger.liveStreams(1).length, 1)
})
