import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeCertificate } from '@sluice/engine/testing'
import { ErrorCode } from '@sluice/h3'
import { connect } from './client.ts'
import { ConnectionLostError, SessionProtocolError } from './errors.ts'
import type { SessionStream } from './session.ts'
import { CERTIFICATE } from './testing/certificate.ts'
import { quicAccount } from './testing/credit.ts'
import { ManualClock } from './testing/manual-clock.ts'
import {
  becomes,
  cleanEnd,
  echo,
  harness,
  nextStream,
  pair,
  readAll,
  sessionAccount,
  utf8,
  writeAll,
} from './testing/pair.ts'
import { RawPeer } from './testing/raw-peer.ts'

test('a bidirectional stream carries bytes both ways and gives its credit back', async () => {
  const { client, peer, server } = await pair()
  echo(peer)
  const stream = await client.openStream()
  const answer = readAll(stream)
  await writeAll(stream, utf8('hello'))
  assert.equal(Buffer.from(await answer).toString(), 'hello')
  for (const [session, opener] of [
    [client, 'us'],
    [peer, 'them'],
  ] as const) {
    await becomes(() => {
      const { opened, accepted, retired, live } = sessionAccount(session, 'bidi', opener)
      return [opened, accepted, retired, live]
    }, [1, 1, 1, 0])
  }
  await server.close()
  assert.deepEqual(cleanEnd(await client.closed), { remote: true, closeCode: 0, reason: '' })
})

test('the quic layer counts the CONNECT stream while the session layer is back at nothing', async () => {
  const { client, peer, server } = await pair()
  echo(peer)
  await Promise.all(
    Array.from({ length: 400 }, async () => {
      const stream = await client.openStream()
      const answer = readAll(stream)
      await writeAll(stream, utf8('x'))
      await answer
    }),
  )
  await becomes(() => [sessionAccount(client, 'bidi', 'us').live, sessionAccount(peer, 'bidi', 'them').live], [0, 0])
  const quic = quicAccount(client, 'us')
  assert.deepEqual([quic.opened, quic.retired, quic.live], [401, 400, 1])
  const session = sessionAccount(client, 'bidi', 'us')
  assert.deepEqual([session.opened, session.retired, session.live, session.limit], [400, 400, 0, null])
  assert.equal(sessionAccount(peer, 'bidi', 'them').live, 0)
  assert.equal(client.credit.exact, true)
  await server.close()
})

test('the server opens streams too', async () => {
  const { client, peer, server } = await pair()
  echo(client)
  const stream = await peer.openStream()
  const answer = readAll(stream)
  await writeAll(stream, utf8('from the server'))
  assert.equal(Buffer.from(await answer).toString(), 'from the server')
  await becomes(() => sessionAccount(client, 'bidi', 'them').live, 0)
  await server.close()
})

test('unidirectional streams go each way and are retired', async () => {
  const { client, peer, server } = await pair()
  for (const [from, to] of [
    [client, peer],
    [peer, client],
  ] as const) {
    const outgoing = await from.openUniStream()
    await writeAll(outgoing, utf8('one way'))
    assert.equal(Buffer.from(await readAll(await nextStream(to, 'uni'))).toString(), 'one way')
    await becomes(() => sessionAccount(from, 'uni', 'us').live, 0)
    await becomes(() => sessionAccount(to, 'uni', 'them').live, 0)
  }
  await server.close()
})

test('streams are held until there is somebody to take them, and are not counted as accepted before', async () => {
  const { client, peer, server } = await pair()
  for (let i = 0; i < 5; i++) await writeAll(await client.openStream(), utf8(String(i)))
  await becomes(
    () => [sessionAccount(peer, 'bidi', 'them').opened, sessionAccount(peer, 'bidi', 'them').accepted],
    [5, 0],
  )
  const taken: SessionStream[] = []
  peer.onStream = (stream) => taken.push(stream)
  await becomes(() => taken.length, 5)
  await becomes(() => sessionAccount(peer, 'bidi', 'them').accepted, 5)
  await server.close()
})

test('a close by the client tells the server code and reason', async () => {
  const { client, peer, server } = await pair()
  client.close({ closeCode: 7, reason: 'done' })
  assert.deepEqual(cleanEnd(await peer.closed), { remote: true, closeCode: 7, reason: 'done' })
  assert.deepEqual(cleanEnd(await client.closed), { remote: false, closeCode: 7, reason: 'done' })
  assert.equal(server.sessions.size, 0)
  await server.close()
})

test('a close by the server tells the client code and reason, the longest cut at a character', async () => {
  const { client, peer, server } = await pair()
  const reason = 'ä'.repeat(600)
  peer.close({ closeCode: 0xffff_ffff, reason })
  assert.deepEqual(cleanEnd(await client.closed), { remote: true, closeCode: 0xffff_ffff, reason: 'ä'.repeat(512) })
  assert.deepEqual(cleanEnd(await peer.closed), { remote: false, closeCode: 0xffff_ffff, reason })
  await server.close()
})

test('a close with a code that cannot be sent throws and leaves the session open', async () => {
  const { client, server } = await pair()
  assert.throws(() => client.close({ closeCode: 2 ** 32 }), RangeError)
  await client.openStream()
  await server.close()
})

test('a FIN without a capsule is a clean end with code 0', async () => {
  const made = await harness()
  const raw = await RawPeer.dial(made.engine, made.server.address)
  const connect = await raw.openSession()
  const session = await made.accepted()
  connect.stream.finish()
  assert.deepEqual(cleanEnd(await session.closed), { remote: true, closeCode: 0, reason: '' })
  await made.server.close()
})

test('a reset of the CONNECT stream is a lost session with the code', async () => {
  const made = await harness()
  const raw = await RawPeer.dial(made.engine, made.server.address)
  const connect = await raw.openSession()
  const session = await made.accepted()
  connect.stream.reset(ErrorCode.H3_REQUEST_CANCELLED)
  const end = await session.closed
  assert.ok(end.kind === 'lost' && end.error instanceof SessionProtocolError)
  assert.equal(end.error.httpCode, ErrorCode.H3_REQUEST_CANCELLED)
  await made.server.close()
})

test('streams that come after the end are refused with WT_SESSION_GONE', async () => {
  const made = await harness()
  const raw = await RawPeer.dial(made.engine, made.server.address)
  const connect = await raw.openSession()
  const session = await made.accepted()
  const before = raw.send('bidi', new Uint8Array([0x40, 0x41, 0, 1]))
  await becomes(() => sessionAccount(session, 'bidi', 'them').live, 1)
  connect.stream.finish()
  await session.closed
  const after = raw.send('bidi', new Uint8Array([0x40, 0x41, 0, 1]))
  for (const stream of [before, after]) {
    await becomes(() => stream.stopped, ErrorCode.WT_SESSION_GONE)
    await becomes(() => stream.stream.resetCode, ErrorCode.WT_SESSION_GONE)
  }
  await made.server.close()
})

test('a peer that never answers a close is waited for only so long', async () => {
  const clock = new ManualClock()
  const made = await harness({ clock, limits: { closeTimeout: 400 } })
  const raw = await RawPeer.dial(made.engine, made.server.address)
  await raw.openSession()
  const session = await made.accepted()
  session.close({ closeCode: 1 })
  clock.advance(400)
  assert.deepEqual(cleanEnd(await session.closed), { remote: false, closeCode: 1, reason: '' })
  assert.equal(await raw.closeCode(), ErrorCode.H3_NO_ERROR)
  assert.equal(clock.pending, 0)
  await made.server.close()
})

test('a peer that closed and then lingers loses its connection in time', async () => {
  const clock = new ManualClock()
  const made = await harness({ clock, limits: { closeTimeout: 400 } })
  const raw = await RawPeer.dial(made.engine, made.server.address)
  const connect = await raw.openSession()
  const session = await made.accepted()
  connect.stream.finish()
  await session.closed
  clock.advance(400)
  assert.equal(await raw.closeCode(), ErrorCode.H3_NO_ERROR)
  await made.server.close()
})

test('the end of the connection is a lost session, but for H3_NO_ERROR', async () => {
  const made = await harness()
  for (const [code, kind] of [
    [1, 'lost'],
    [ErrorCode.H3_NO_ERROR, 'clean'],
  ] as const) {
    const raw = await RawPeer.dial(made.engine, made.server.address)
    await raw.openSession()
    const session = await made.accepted()
    raw.connection.close(code, '')
    assert.equal((await session.closed).kind, kind)
  }
  await made.server.close()
})

test('an abort ends the connection at once with its code', async () => {
  const { client, peer, server } = await pair()
  client.abort(0x1234, 'enough')
  const [ours, theirs] = await Promise.all([client.closed, peer.closed])
  assert.ok(ours.kind === 'lost' && !ours.remote)
  assert.ok(theirs.kind === 'lost' && theirs.error instanceof ConnectionLostError)
  assert.deepEqual(theirs.error.closeReason, { kind: 'application', remote: true, code: 0x1234, reason: 'enough' })
  await server.close()
})

test('DRAIN reaches the other end and leaves everything working', async () => {
  const { client, peer, server } = await pair()
  peer.drain()
  await client.draining
  client.drain()
  await peer.draining
  const [outgoing, incoming] = await Promise.all([client.openStream(), nextStream(peer)])
  const got = readAll(incoming)
  await writeAll(outgoing, utf8('late'))
  assert.equal(Buffer.from(await got).toString(), 'late')
  await server.close()
})

test('datagrams go both ways, are held for a late reader, and the oldest give way', async () => {
  const { client, peer, server } = await pair({ limits: { pendingDatagrams: 2 } })
  for (const text of ['1', '2', '3']) assert.equal(client.sendDatagram(utf8(text)), 'queued')
  await becomes(() => peer.droppedDatagrams, 1)
  const got: string[] = []
  peer.onDatagram = (payload) => got.push(Buffer.from(payload).toString())
  await becomes(() => got, ['2', '3'])
  const answer = new Promise<Uint8Array>((resolve) => {
    client.onDatagram = resolve
  })
  assert.equal(peer.sendDatagram(new Uint8Array(0)), 'queued')
  assert.equal((await answer).length, 0)
  assert.equal(client.sendDatagram(new Uint8Array(client.maxDatagramSize)), 'queued')
  assert.equal(client.sendDatagram(new Uint8Array(client.maxDatagramSize + 1)), 'too-large')
  client.close()
  assert.equal(client.sendDatagram(utf8('x')), 'closed')
  await server.close()
})

test('exported keying material is the same at both ends and differs by label', async () => {
  const { client, peer, server } = await pair()
  const ours = client.exportKeyingMaterial(utf8('label'), utf8('context'), 32)
  assert.equal(ours.length, 32)
  assert.deepEqual(peer.exportKeyingMaterial(utf8('label'), utf8('context'), 32), ours)
  assert.notDeepEqual(client.exportKeyingMaterial(utf8('other'), utf8('context'), 32), ours)
  assert.throws(() => client.exportKeyingMaterial(new Uint8Array(256), utf8(''), 32), { code: 'ERR_INVALID_ARGUMENT' })
  await server.close()
})

test('a paused reader under a peer that writes small loses nothing', async () => {
  const { client, peer, server } = await pair({ transport: { streamReceiveWindow: 1024 * 1024 } })
  const outgoing = await client.openStream()
  const chunk = new Uint8Array(300).fill(7)
  for (let i = 0; i < 3_400; i++) assert.equal(outgoing.write(chunk), 300)
  outgoing.finish()
  const incoming = await nextStream(peer)
  assert.equal((await readAll(incoming)).length, 3_400 * 300)
  await server.close()
})

test('a server that closes waits for its clients to hear of it, and takes no new ones', async () => {
  const { client, server, dial } = await pair()
  const closing = server.close({ closeCode: 3, reason: 'restart' })
  assert.deepEqual(cleanEnd(await client.closed), { remote: true, closeCode: 3, reason: 'restart' })
  await closing
  assert.equal(server.close(), closing)
  await assert.rejects(dial({ deadline: 50 }))
})

test('a session over IPv6, named in brackets', async () => {
  const { client, peer, server, url } = await pair({ host: '::1' })
  assert.equal(client.description.authority, new URL(url).host)
  assert.equal(client.remoteAddress.host, '::1')
  echo(peer)
  const stream = await client.openStream()
  const answer = readAll(stream)
  await writeAll(stream, utf8('six'))
  assert.equal(Buffer.from(await answer).toString(), 'six')
  await server.close()
})

test('a host name is resolved, and its certificate checked by roots', async () => {
  const root = makeCertificate({ authority: true })
  const certificate = makeCertificate({ name: 'localhost', issuer: root })
  const made = await harness({ certificate })
  const url = `https://localhost:${made.server.address.port}/`
  const session = await connect(url, { engine: made.engine, roots: [root.certificate] })
  assert.equal(session.description.authority, new URL(url).host)
  await assert.rejects(connect(url, { engine: made.engine, roots: [CERTIFICATE.certificate] }), {
    code: 'ERR_CONNECTION_LOST',
  })
  await made.server.close()
})

test('a certificate swapped while serving counts for new sessions only', async () => {
  const { client, server, dial } = await pair()
  const next = makeCertificate()
  server.setCertificate(next)
  await assert.rejects(dial(), { code: 'ERR_CONNECTION_LOST' })
  const later = await dial({ serverCertificateHashes: [next.hash] })
  assert.deepEqual(new Uint8Array(later.peerCertificate ?? []), new Uint8Array(next.certificate))
  await client.openStream()
  assert.equal(server.sessions.size, 2)
  await server.close()
})
