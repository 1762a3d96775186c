import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concat, encodeVarint, encodeWebTransportHeader } from '@sluice/h3'
import { StreamsNotReleasedError } from '../errors.ts'
import { defaultGovernorOptions } from '../governor/options.ts'
import { quicAccount } from '../testing/credit.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { becomes, harness, nextStream, readAll, sessionAccount, utf8 } from '../testing/pair.ts'
import { RawPeer } from '../testing/raw-peer.ts'

const { calm } = defaultGovernorOptions.reaper

/** A server whose time passes only when a test says so. */
async function frozen(unreleased = defaultGovernorOptions.reaper.unreleased) {
  const clock = new ManualClock()
  const made = await harness({ clock, governor: { reaper: { ...defaultGovernorOptions.reaper, unreleased } } })
  return { clock, ...made }
}

test('a stream that nobody takes is ended on both halves after its time, and its credit goes back', async () => {
  const { clock, dial, accepted, server } = await frozen()
  const [client, peer] = await Promise.all([dial(), accepted()])
  const stream = await client.openStream()
  stream.write(utf8('anybody there?'))
  await becomes(() => sessionAccount(peer, 'bidi', 'them').opened, 1)
  clock.advance(calm.accept / 2)
  assert.equal(sessionAccount(peer, 'bidi', 'them').live, 1)
  clock.advance(calm.accept)
  await readAll(stream)
  assert.equal(stream.receiveState, 'reset')
  await becomes(() => sessionAccount(peer, 'bidi', 'them').live, 0)
  await becomes(() => sessionAccount(client, 'bidi', 'us').live, 0)
  peer.onStream = () => assert.fail('it is gone')
  await server.close()
})

test('a half on which nothing moves any more is ended after its time, and the application is told', async () => {
  const { clock, dial, accepted, server } = await frozen()
  const [client, peer] = await Promise.all([dial(), accepted()])
  const ours = await client.openStream()
  const theirs = await nextStream(peer)
  ours.finish()
  await readAll(theirs)
  let stopped = 0
  theirs.events = { stopped: () => (stopped += 1) }
  clock.advance(calm.halfOpen / 2)
  theirs.write(utf8('still here'))
  clock.advance(calm.halfOpen * 0.9)
  assert.equal(stopped, 0)
  clock.advance(calm.halfOpen)
  assert.equal(stopped, 1)
  await readAll(ours)
  assert.equal(ours.receiveState, 'reset')
  await becomes(() => sessionAccount(peer, 'bidi', 'them').live, 0)
  await server.close()
})

test('streams with both halves open are the affair of their application', async () => {
  const { clock, dial, accepted, server } = await frozen()
  const [client, peer] = await Promise.all([dial(), accepted()])
  const ours = await client.openStream()
  const theirs = await nextStream(peer)
  clock.advance(100 * calm.halfOpen)
  theirs.write(utf8('late'))
  theirs.finish()
  assert.deepEqual(await readAll(ours), utf8('late'))
  await server.close()
})

test('a peer that lets go of no stream that was stopped loses its connection, and the reason says so', async () => {
  const { clock, engine, server, accepted } = await frozen(3)
  const raw = await RawPeer.dial(engine, server.address)
  const [connect, session] = await Promise.all([raw.openSession(), accepted()])
  session.onStream = (stream) => {
    stream.reset(0)
    stream.stopSending(0)
  }
  const header = encodeWebTransportHeader('bidi', connect.stream.id)
  for (let count = 0; count < 3; count += 1) {
    const { stream } = raw.send('bidi', header)
    // Never answers a stop.
    stream.events = {}
  }
  await becomes(() => sessionAccount(session, 'bidi', 'them').accepted, 3)
  clock.advance(calm.release / 2)
  assert.equal(server.sessions.size, 1)
  clock.advance(calm.release)
  const end = await session.closed
  assert.ok(end.kind === 'lost' && !end.remote && end.error instanceof StreamsNotReleasedError)
  assert.equal(end.error.streams, 3)
  assert.equal(await raw.closeCode(), 0x107)
  await server.close()
})

test('one frame on the highest stream id granted opens the others too, and a peer that leaves them so loses its connection', async () => {
  const { clock, engine, server, accepted } = await frozen(60)
  const raw = await RawPeer.dial(engine, server.address)
  const [, session] = await Promise.all([raw.openSession(), accepted()])
  const streams = Array.from({ length: 63 }, () => raw.connection.openStream('bidi'))
  const granted = new Promise<void>((resolve) => {
    raw.connection.events = { ...raw.connection.events, streamsOpenable: (kind) => kind === 'bidi' && resolve() }
  })
  streams.at(-1)?.write(concat(encodeVarint(0x21)))
  await granted
  const { opened, limit } = quicAccount(session, 'them')
  assert.deepEqual([opened, limit], [64, 128])
  assert.ok(raw.connection.openStream('bidi'))
  // Their header is overdue; then the answer to the stop.
  clock.advance(10_000)
  clock.advance(calm.release + 5_000)
  const end = await session.closed
  assert.ok(end.kind === 'lost' && end.error instanceof StreamsNotReleasedError)
  await server.close()
})
