import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concat, ErrorCode, encodeVarint } from '@sluice/h3'
import { ManualClock } from './testing/manual-clock.ts'
import { becomes, harness, nextStream, readAll, sessionAccount, settled, utf8 } from './testing/pair.ts'
import { connectRequest, RawPeer, status } from './testing/raw-peer.ts'

test("streams and datagrams that overtake their CONNECT are the session's", async () => {
  const made = await harness()
  const peer = await RawPeer.dial(made.engine, made.server.address)
  peer.sendSettings()
  const connect = peer.connection.openStream('bidi')
  peer.send('bidi', concat(new Uint8Array([0x40, 0x41, 0]), utf8('early')), { fin: true })
  peer.connection.sendDatagram(concat(new Uint8Array([0]), utf8('dgram')))
  await settled()
  connect?.write(connectRequest())
  const session = await made.accepted()
  const datagram = new Promise<Uint8Array>((resolve) => {
    session.onDatagram = resolve
  })
  assert.equal(Buffer.from(await readAll(await nextStream(session))).toString(), 'early')
  assert.equal(Buffer.from(await datagram).toString(), 'dgram')
  await made.server.close()
})

test('streams for a session that does not come are refused, the excess at once and the rest in time', async () => {
  const clock = new ManualClock()
  const { engine, server } = await harness({ clock, limits: { pendingStreams: 3, pendingTime: 1_000 } })
  const peer = await RawPeer.dial(engine, server.address)
  peer.connection.openStream('bidi')
  const streams = Array.from({ length: 5 }, () => peer.send('bidi', new Uint8Array([0x40, 0x41, 0])))
  const codes = () => streams.map(({ stopped }) => stopped)
  const refused = ErrorCode.WT_BUFFERED_STREAM_REJECTED
  await becomes(codes, [undefined, undefined, undefined, refused, refused])
  clock.advance(1_000)
  await becomes(
    codes,
    streams.map(() => refused),
  )
  await becomes(() => peer.live, 1)
  await server.close()
})

test('a request whose header never comes loses both halves in time', async () => {
  const clock = new ManualClock()
  const { engine, server } = await harness({ clock, limits: { headerDeadline: 500 } })
  const peer = await RawPeer.dial(engine, server.address)
  const slow = peer.send('bidi', connectRequest().subarray(0, 12))
  // Its deadline and that of the session.
  await becomes(() => clock.pending, 2)
  clock.advance(500)
  await becomes(() => slow.stopped, ErrorCode.H3_REQUEST_CANCELLED)
  await becomes(() => peer.live, 0)
  const cut = peer.send('bidi', connectRequest().subarray(0, 12))
  await becomes(() => clock.pending, 2)
  cut.stream.reset(0)
  await becomes(() => clock.pending, 1)
  peer.send('bidi', connectRequest().subarray(0, 12))
  await becomes(() => clock.pending, 2)
  await server.close()
  assert.equal(clock.pending, 0)
})

test('a stream that never says what it is loses both halves in time', async () => {
  const clock = new ManualClock()
  const { engine, server } = await harness({ clock, limits: { headerDeadline: 500 } })
  const peer = await RawPeer.dial(engine, server.address)
  const bidi = peer.send('bidi', new Uint8Array([0x40]))
  const uni = peer.send('uni', new Uint8Array([0x40]))
  // The deadline of the CONNECT and those of the two streams.
  await becomes(() => clock.pending, 3)
  clock.advance(500)
  await becomes(() => bidi.stopped, ErrorCode.H3_STREAM_CREATION_ERROR)
  await becomes(() => bidi.stream.resetCode, ErrorCode.H3_STREAM_CREATION_ERROR)
  uni.stream.reset(0)
  await becomes(() => peer.live, 0)
  await server.close()
})

test('uni streams of unknown type are stopped, without harm to the connection', async () => {
  const { engine, server } = await harness()
  const peer = await RawPeer.dial(engine, server.address)
  const unknown = peer.send('uni', concat(encodeVarint(0x1f * 5 + 0x21), utf8('grease')))
  assert.equal(status(await peer.openSession()), 200)
  await becomes(() => unknown.stopped, ErrorCode.H3_STREAM_CREATION_ERROR)
  await server.close()
})

test('a connection without a session is closed after its deadline', async () => {
  const clock = new ManualClock()
  const { engine, server } = await harness({ clock, limits: { connectDeadline: 2_000 } })
  const peer = await RawPeer.dial(engine, server.address)
  await becomes(() => clock.pending, 1)
  clock.advance(2_000)
  assert.equal(await peer.closeCode(), ErrorCode.H3_NO_ERROR)
  await becomes(() => server.stats().connections, 0)
  await server.close()
  assert.equal(clock.pending, 0)
})

test('a client that vanishes in the middle of everything leaves nothing behind', async () => {
  const clock = new ManualClock()
  const made = await harness({ clock })
  const peer = await RawPeer.dial(made.engine, made.server.address)
  await peer.openSession()
  peer.send('bidi', new Uint8Array([0x40, 0x41, 0, 1, 2]))
  peer.send('bidi', new Uint8Array([0x40]))
  peer.send('uni', new Uint8Array([0x40, 0x54, 0]))
  const session = await made.accepted()
  await becomes(
    () => [sessionAccount(session, 'bidi', 'them').live, sessionAccount(session, 'uni', 'them').live],
    [1, 1],
  )
  peer.connection.close(0x33, 'gone')
  const end = await session.closed
  assert.equal(end.kind, 'lost')
  for (const { layer, live: alive } of session.credit.accounts) if (layer === 'session') assert.equal(alive, 0)
  assert.equal(made.server.sessions.size, 0)
  assert.equal(clock.pending, 0)
  await made.server.close()
})
