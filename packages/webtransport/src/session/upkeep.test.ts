import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection } from '@sluice/engine'
import { watchedEngine } from '@sluice/engine/testing'
import { becomes, echo, nextStream, pair, readAll, testEngine } from '../testing/pair.ts'

/** The CONNECT stream takes one. */
const ONE_STREAM = { transport: { maxIncomingBidi: 2 } }

test('opens that wait fail when they are told to, and a later one waits again', async () => {
  const { client, server } = await pair(ONE_STREAM)
  const held = await client.openStream()
  const waiting = client.openStream()
  const moved = new Error('moved')
  client.failWaiting(moved)
  await assert.rejects(waiting, moved)
  const later = client.openStream()
  held.reset(0)
  held.stopSending(0)
  assert.equal((await later).opener, 'us')
  await server.close()
})

test('the last streams of a peer that gives no credit back are opened too: the reserve shrinks with what is left', async () => {
  const withhold = (connection: Connection): void => {
    connection.setMaxConcurrentStreams('bidi', 0)
    Object.assign(connection, { setMaxConcurrentStreams() {}, grantStreams() {} })
  }
  const engine = watchedEngine(testEngine(), withhold)
  const { client, peer, server } = await pair({ engine, transport: { maxIncomingBidi: 24 } })
  echo(peer)
  const opens = Array.from({ length: 23 }, async () => {
    const stream = await client.openStream()
    stream.finish()
    await readAll(stream)
  })
  await Promise.all(opens)
  await server.close()
})

test('a nudge reaches the peer, repeats no STREAMS_BLOCKED for one limit, and leaves what waits waiting', async () => {
  const { client, peer, server } = await pair(ONE_STREAM)
  await client.openStream()
  const waiting = client.openStream()
  const blocked = () => peer.connectionStats().frames.received.streamsBlockedBidi
  await becomes(blocked, 1)
  const packets = peer.connectionStats().packetsReceived
  client.nudge()
  await becomes(() => peer.connectionStats().packetsReceived > packets, true)
  assert.equal(blocked(), 1)
  client.close()
  await assert.rejects(waiting, { code: 'ERR_SESSION_CLOSED' })
  client.nudge()
  await server.close()
})

test('a session is idle when the last of its data streams is gone, at both ends', async () => {
  const { client, peer, server } = await pair()
  const idle = { client: 0, peer: 0 }
  client.onIdle = () => {
    idle.client += 1
  }
  peer.onIdle = () => {
    idle.peer += 1
  }
  const streams = await Promise.all([client.openStream(), client.openUniStream()])
  for (const stream of streams) stream.finish()
  const taken = await Promise.all([nextStream(peer), nextStream(peer, 'uni')])
  assert.deepEqual(idle, { client: 0, peer: 0 })
  await Promise.all(taken.map(readAll))
  taken[0].finish()
  await readAll(streams[0])
  await becomes(() => idle, { client: 1, peer: 1 })
  await server.close()
})

test('the peer is told when it is asked to drain, and everything still works', async () => {
  const { client, peer, server } = await pair()
  peer.drain()
  await client.draining
  assert.equal((await client.openStream()).kind, 'bidi')
  await server.close()
})

test('a session that is being cut off may be nudged, and its streams may end, while opens wait', async () => {
  const { client, server } = await pair(ONE_STREAM)
  const held = await client.openStream()
  const waiting = assert.rejects(client.openStream(), { code: 'ERR_SESSION_CLOSED' })
  client.abort(0x100, 'cut off')
  client.nudge()
  held.reset(0)
  held.stopSending(0)
  await Promise.all([waiting, client.closed])
  client.nudge()
  await server.close()
})
