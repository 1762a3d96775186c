import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NoStreamCreditError } from '@sluice/credit'
import { SessionClosedError } from '../errors.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { harness, pair, settled } from '../testing/pair.ts'

/** The CONNECT stream takes the first of these two. */
const ONE_STREAM = { transport: { maxIncomingBidi: 2 } }

test('an open without credit fails at its deadline, with the account that proves it', async () => {
  const clock = new ManualClock()
  const made = await harness(ONE_STREAM)
  const client = await made.dial({ clock })
  await client.openStream()
  const waiting = client.openStream({ deadline: 200 })
  const account = client.credit.accounts.find(
    ({ layer, kind, opener }) => layer === 'quic' && kind === 'bidi' && opener === 'us',
  )
  assert.deepEqual([account?.limit, account?.opened, account?.available, account?.waiting], [2, 2, 0, 1])
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
  peer.onStream = (stream) => {
    stream.stopSending(0)
    stream.finish()
  }
  const opened: number[] = []
  const opens = [0, 1, 2, 3].map(async (index) => {
    const stream = await client.openStream()
    opened.push(index)
    stream.finish()
    stream.stopSending(0)
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
