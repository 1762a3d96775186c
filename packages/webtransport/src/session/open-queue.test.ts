import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CreditAccount, NoStreamCreditError } from '@sluice/credit'
import { SessionClosedError } from '../errors.ts'
import { letGo, openAll, quicAccount } from '../testing/credit.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { harness, pair, settled } from '../testing/pair.ts'
import { OpenQueue } from './open-queue.ts'

/** The CONNECT stream takes the first of these two. */
const ONE_STREAM = { transport: { maxIncomingBidi: 2 } }

test('an open without credit fails at its deadline, with the account that proves it', async () => {
  const clock = new ManualClock()
  const made = await harness(ONE_STREAM)
  const client = await made.dial({ clock })
  await client.openStream()
  const waiting = client.openStream({ deadline: 200 })
  const account = quicAccount(client, 'us')
  assert.deepEqual([account.limit, account.opened, account.available, account.waiting], [2, 2, 0, 1])
  clock.advance(200)
  await assert.rejects(waiting, (error) => {
    assert.ok(error instanceof NoStreamCreditError)
    assert.equal(error.account.limit, 2)
    assert.equal(error.account.live, 2)
    return true
  })
  assert.equal(
    client.credit.accounts.reduce((sum, { waiting }) => sum + waiting, 0),
    0,
  )
  await made.server.close()
})

test('opens are served in their order as streams are retired', async () => {
  const { client, peer, server } = await pair(ONE_STREAM)
  peer.onStream = letGo
  const opened: number[] = []
  const opens = [0, 1, 2, 3].map(async (index) => {
    const stream = await client.openStream()
    opened.push(index)
    letGo(stream)
  })
  await Promise.all(opens)
  assert.deepEqual(opened, [0, 1, 2, 3])
  await server.close()
})

test('an aborted open leaves the queue with the reason of its signal, and takes no credit', async () => {
  const { client, server } = await pair(ONE_STREAM)
  const first = await client.openStream()
  const reason = new Error('changed my mind')
  const controller = new AbortController()
  const aborted = client.openStream({ signal: controller.signal })
  const behind = client.openStream()
  controller.abort(reason)
  await assert.rejects(aborted, reason)
  first.reset(0)
  first.stopSending(0)
  await assert.rejects(client.openStream({ signal: AbortSignal.abort(reason) }), reason)
  void behind.catch(() => {})
  await server.close()
})

test('the end of the session fails the opens that wait, and later ones', async () => {
  const { client, server } = await pair(ONE_STREAM)
  await client.openStream()
  const waiting = client.openStream()
  client.close()
  await assert.rejects(waiting, SessionClosedError)
  await assert.rejects(client.openStream(), SessionClosedError)
  await settled()
  await server.close()
})

/** A window of which four streams are kept back. */
const WITH_RESERVE = { transport: { maxIncomingBidi: 32 } }

test('the last streams of a limit are for reserved opens only', async () => {
  const { client, server } = await pair(WITH_RESERVE)
  assert.equal(openAll(client).length, 27)
  assert.equal(quicAccount(client, 'us').available, 4)
  for (let left = 3; left >= 0; left -= 1) {
    await client.openStream({ reserved: true })
    assert.equal(quicAccount(client, 'us').available, left)
  }
  await assert.rejects(client.openStream({ reserved: true, deadline: 1 }), NoStreamCreditError)
  await server.close()
})

test('an open that waits before the reserve is served when the peer raises its limit', async () => {
  const { client, peer, server } = await pair(WITH_RESERVE)
  peer.onStream = letGo
  const streams = openAll(client)
  const waiting = client.openStream()
  for (const stream of streams) letGo(stream)
  assert.ok((await waiting) !== undefined)
  await server.close()
})

test('an open whose session ends in the same turn fails, for its stream could not say that it is lost', async () => {
  const { client, server } = await pair()
  const opening = client.openStream()
  client.close()
  await assert.rejects(opening, SessionClosedError)
  await server.close()
})

test('reserved opens go ahead of others that have waited longer', async () => {
  const { client, peer, server } = await pair(WITH_RESERVE)
  peer.onStream = letGo
  const streams = openAll(client)
  for (let left = quicAccount(client, 'us').available ?? 0; left > 0; left -= 1)
    streams.push(await client.openStream({ reserved: true }))
  const order: string[] = []
  const opens = [
    client.openStream().then(() => order.push('first')),
    client.openStream().then(() => order.push('second')),
    client.openStream({ reserved: true }).then(() => order.push('reserved')),
  ]
  for (const stream of streams) letGo(stream)
  await Promise.all(opens)
  assert.deepEqual(order, ['reserved', 'first', 'second'])
  await server.close()
})

test('opens that the reserve holds back are blocked, and have a verdict', async () => {
  const clock = new ManualClock()
  const made = await harness(WITH_RESERVE)
  const client = await made.dial({ clock })
  openAll(client)
  const waiting = client.openStream({ deadline: 5_000 })
  clock.advance(5_000)
  await assert.rejects(waiting, (error) => {
    assert.ok(error instanceof NoStreamCreditError)
    assert.equal(error.verdict?.code, 'limit-too-small')
    return true
  })
  await made.server.close()
})

/** A queue, its opens held back by an account, and the credit that serves them. */
function queueOf(clock: ManualClock, account: () => CreditAccount) {
  const credit: string[] = []
  const queue = new OpenQueue<string>({
    clock,
    open: () => credit.shift(),
    reserve: 0,
    counts: () => ({ limit: 0, opened: 0, accepted: 0, retired: 0 }),
    account,
    snapshot: () => account().snapshot(),
    verdict: () => ({ code: 'healthy', harmless: true, proof: null, summary: '' }),
  })
  return { queue, credit }
}

test('only an open that the reserve did not serve shows that credit flows', async () => {
  const clock = new ManualClock()
  const account = new CreditAccount({ layer: 'quic', kind: 'bidi', opener: 'us' }, 1)
  const { queue, credit } = queueOf(clock, () => account)
  const opens = [queue.open({ reserved: true }), queue.open({})]
  clock.advance(5)
  credit.push('from the reserve')
  queue.serve()
  assert.equal(await opens[0], 'from the reserve')
  assert.equal(account.lastServedAt, null)
  credit.push('from the limit')
  queue.serve()
  assert.equal(await opens[1], 'from the limit')
  assert.equal(account.lastServedAt, 5)
})

test('opens wait in the account whose limit holds them back, also when that becomes another one', async () => {
  const clock = new ManualClock()
  const quic = new CreditAccount({ layer: 'quic', kind: 'bidi', opener: 'us' }, 1)
  const session = new CreditAccount({ layer: 'session', kind: 'bidi', opener: 'us' }, 0)
  let account = session
  const { queue, credit } = queueOf(clock, () => account)
  const waiting = () => [session, quic].map((each) => [each.snapshot().waiting, each.snapshot().blockedSince])
  const opens = [queue.open({}), queue.open({}), queue.open({})]
  assert.deepEqual(waiting(), [
    [3, 0],
    [0, null],
  ])
  clock.advance(5)
  credit.push('first')
  account = quic
  queue.serve()
  assert.equal(await opens[0], 'first')
  assert.deepEqual(waiting(), [
    [0, null],
    [2, 5],
  ])
  queue.fail(new Error('over'))
  for (const open of opens.slice(1)) await assert.rejects(open, /over/)
  assert.deepEqual(waiting(), [
    [0, null],
    [0, null],
  ])
})

test('an open whose signal timed out says what it waited for, and keeps the reason', async () => {
  const { client, server } = await pair({ transport: { maxIncomingBidi: 2 } })
  await client.openStream()
  const reason = new DOMException('too late', 'TimeoutError')
  const controller = new AbortController()
  const waiting = client.openStream({ signal: controller.signal })
  controller.abort(reason)
  await assert.rejects(waiting, (error) => {
    assert.ok(error instanceof NoStreamCreditError)
    assert.deepEqual([error.cause, error.account.available], [reason, 0])
    return true
  })
  await server.close()
})
