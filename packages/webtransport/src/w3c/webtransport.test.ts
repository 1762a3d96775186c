import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ListenOptions } from '../server.ts'
import { CERTIFICATE } from '../testing/certificate.ts'
import { becomes, harness, sessionAccount, utf8 } from '../testing/pair.ts'
import { WebTransportError } from './error.ts'
import { WebTransportReceiveStream } from './receive-stream.ts'
import { WebTransportSendStream } from './send-stream.ts'
import { type NodeWebTransportOptions, toWebTransport, WebTransport } from './webtransport.ts'

const HASHES = [{ algorithm: 'sha-256', value: new Uint8Array(CERTIFICATE.hash) }]

/** A dialed transport and the server's face of the same session. */
async function faces(listen: Partial<ListenOptions> = {}, options: NodeWebTransportOptions = {}) {
  const made = await harness(listen)
  const client = new WebTransport(made.url, { engine: made.engine, serverCertificateHashes: HASHES, ...options })
  const session = await made.accepted()
  await client.ready
  return { ...made, client, session, peer: toWebTransport(session) }
}

async function text(readable: ReadableStream<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of readable) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

async function send(writable: WritableStream<BufferSource>, ...chunks: string[]): Promise<void> {
  const writer = writable.getWriter()
  for (const chunk of chunks) await writer.write(new Uint8Array(utf8(chunk)))
  await writer.close()
}

async function first<T>(stream: ReadableStream<T>): Promise<T> {
  const reader = stream.getReader()
  const { value } = await reader.read()
  reader.releaseLock()
  assert.ok(value)
  return value
}

const rejectsWith =
  (name: string, more: object = {}) =>
  (error: unknown) => {
    assert.ok(error instanceof DOMException)
    assert.equal(error.name, name)
    for (const [key, value] of Object.entries(more)) assert.equal(Reflect.get(error, key), value)
    return true
  }

test('a session goes from dialing to closed, at both ends in the same shape', async () => {
  const { client, peer, server } = await faces()
  assert.equal(client.reliability, 'supports-unreliable')
  assert.equal(WebTransport.supportsReliableOnly, false)
  await peer.ready
  client.close({ closeCode: 5, reason: 'x'.repeat(2_000) })
  assert.deepEqual(await peer.closed, { closeCode: 5, reason: 'x'.repeat(1_024) })
  assert.deepEqual(await client.closed, { closeCode: 5, reason: 'x'.repeat(2_000) })
  await server.close()
})

test('a bidirectional stream is echoed whole, with backpressure', async () => {
  const { client, peer, server, session } = await faces({ transport: { streamReceiveWindow: 50_000 } })
  const big = 'a'.repeat(1_000_000)
  const [stream, echo] = await Promise.all([
    client.createBidirectionalStream(),
    first(peer.incomingBidirectionalStreams),
  ])
  const piped = echo.readable.pipeTo(echo.writable)
  const [got] = await Promise.all([text(stream.readable), send(stream.writable, big)])
  assert.equal(got.length, big.length)
  await piped
  await becomes(() => sessionAccount(session, 'bidi', 'them').live, 0)
  assert.equal(client.credit.exact, true)
  await server.close()
})

test('unidirectional streams have just one half', async () => {
  const { client, peer, server } = await faces()
  const outgoing = await peer.createUnidirectionalStream()
  assert.ok(outgoing instanceof WebTransportSendStream)
  const sent = send(outgoing, 'one', ' way')
  const incoming = await first(client.incomingUnidirectionalStreams)
  assert.ok(incoming instanceof WebTransportReceiveStream)
  assert.equal(await text(incoming), 'one way')
  await sent
  assert.deepEqual(await outgoing.getStats(), { bytesWritten: 7, bytesSent: 7, bytesAcknowledged: 7 })
  assert.deepEqual(await incoming.getStats(), { bytesReceived: 7, bytesRead: 7 })
  await server.close()
})

test('a reader that brings its own buffer gets the bytes and the end', async () => {
  const { client, peer, server } = await faces()
  const sent = client.createUnidirectionalStream().then((stream) => send(stream, 'abc'))
  const reader = (await first(peer.incomingUnidirectionalStreams)).getReader({ mode: 'byob' })
  const { value } = await reader.read(new Uint8Array(2))
  assert.equal(Buffer.from(value ?? []).toString(), 'ab')
  assert.equal(Buffer.from((await reader.read(new Uint8Array(2))).value ?? []).toString(), 'c')
  assert.equal((await reader.read(new Uint8Array(2))).done, true)
  await sent
  await server.close()
})

test('abort is a reset with its code, cancel a STOP_SENDING with its code', async () => {
  const { client, peer, server, session } = await faces()
  const [stream, incoming] = await Promise.all([
    client.createBidirectionalStream(),
    first(peer.incomingBidirectionalStreams),
  ])
  const writer = incoming.writable.getWriter()
  const closed = assert.rejects(
    writer.closed,
    rejectsWith('WebTransportError', { source: 'stream', streamErrorCode: 9 }),
  )
  await stream.writable.abort(new WebTransportError('', { streamErrorCode: 300 }))
  await assert.rejects(
    text(incoming.readable),
    rejectsWith('WebTransportError', { source: 'stream', streamErrorCode: 300 }),
  )
  await stream.readable.cancel(new WebTransportError('', { streamErrorCode: 9 }))
  await closed
  await assert.rejects(writer.write(new Uint8Array(1)))
  await becomes(() => sessionAccount(session, 'bidi', 'them').live, 0)
  await server.close()
})

test('an abort does not wait for a write that has no room', async () => {
  const { client, peer, server } = await faces({ transport: { streamReceiveWindow: 1_000 } })
  const writer = (await client.createUnidirectionalStream()).getWriter()
  const write = assert.rejects(writer.write(new Uint8Array(100_000)))
  const incoming = await first(peer.incomingUnidirectionalStreams)
  await writer.abort(new WebTransportError('', { streamErrorCode: 4 }))
  await write
  await assert.rejects(text(incoming), rejectsWith('WebTransportError', { streamErrorCode: 4 }))
  await server.close()
})

test('without stream credit an open fails with QuotaExceededError, or waits if told so', async () => {
  const { client, peer, server } = await faces({ transport: { maxIncomingBidi: 2 } })
  const held = await client.createBidirectionalStream()
  await assert.rejects(client.createBidirectionalStream(), rejectsWith('QuotaExceededError'))
  const waiting = client.createBidirectionalStream({ waitUntilAvailable: true })
  const incoming = await first(peer.incomingBidirectionalStreams)
  await Promise.all([held.writable.close(), incoming.writable.close(), text(held.readable), text(incoming.readable)])
  await (await waiting).writable.abort()
  client.close()
  await assert.rejects(client.createBidirectionalStream(), rejectsWith('InvalidStateError'))
  await server.close()
})

test('the end of a session errors its streams and ends its incoming ones', async () => {
  const { client, peer, server } = await faces()
  const [stream] = await Promise.all([client.createBidirectionalStream(), first(peer.incomingBidirectionalStreams)])
  const reading = assert.rejects(text(stream.readable), rejectsWith('WebTransportError', { source: 'session' }))
  const incoming = client.incomingUnidirectionalStreams.getReader()
  const datagrams = client.datagrams.readable.getReader()
  peer.close({ closeCode: 1 })
  await reading
  assert.equal((await incoming.read()).done, true)
  assert.equal((await datagrams.read()).done, true)
  await assert.rejects(stream.writable.getWriter().write(new Uint8Array(1)))
  await client.closed
  await server.close()
})

test('a lost connection rejects closed and everything else with the session as its source', async () => {
  const { client, session, server } = await faces()
  const incoming = client.incomingBidirectionalStreams.getReader()
  const reading = assert.rejects(incoming.read(), rejectsWith('WebTransportError', { source: 'session' }))
  session.abort(0x42, 'gone')
  await assert.rejects(client.closed, rejectsWith('WebTransportError', { source: 'session' }))
  await reading
  await server.close()
})

test('a close while dialing rejects ready and closed', async () => {
  const made = await harness()
  const client = new WebTransport(made.url, { engine: made.engine, serverCertificateHashes: HASHES })
  client.close()
  await assert.rejects(client.ready, rejectsWith('WebTransportError', { source: 'session' }))
  await assert.rejects(client.closed, rejectsWith('WebTransportError', { source: 'session' }))
  assert.deepEqual(client.credit, { exact: true, accounts: [] })
  await made.server.close()
})

test('hashes of unknown algorithms match nothing', async () => {
  const made = await harness()
  const value = new Uint8Array(CERTIFICATE.hash)
  const client = new WebTransport(made.url, {
    engine: made.engine,
    serverCertificateHashes: [{ algorithm: 'sha-1', value }],
  })
  await assert.rejects(client.ready, rejectsWith('WebTransportError', { source: 'session' }))
  await made.server.close()
})

test('DRAIN settles draining and changes nothing else', async () => {
  const { client, session, server } = await faces()
  session.drain()
  await client.draining
  await (await client.createUnidirectionalStream()).close()
  await server.close()
})

test('protocol, headers and the answer to them are there once the session is', async () => {
  const { client, requests, server } = await faces(
    { handler: ({ protocols }) => ({ accept: true, protocol: protocols[0] ?? '', headers: [['x-answer', 'yes']] }) },
    { protocols: ['one', 'two'], headers: { 'X-Ask': 'please' } },
  )
  assert.equal(client.protocol, 'one')
  assert.equal(client.responseHeaders?.get('x-answer'), 'yes')
  assert.ok(requests[0]?.headers.some(([name, value]) => name === 'x-ask' && value === 'please'))
  await server.close()
})

test('keying material is the same at both ends', async () => {
  const { client, peer, server } = await faces()
  const [label, context] = [new Uint8Array([1]), new Uint8Array([2, 3])]
  const material = await client.exportKeyingMaterial(label, context, 64)
  assert.deepEqual(await peer.exportKeyingMaterial(label, context, 64), material)
  for (const length of [0, 4_097, Number.NaN]) {
    await assert.rejects(client.exportKeyingMaterial(label, context, length), RangeError)
  }
  await server.close()
})

test('statistics count what was sent', async () => {
  const { client, server } = await faces()
  const { datagrams, bytesSent, estimatedSendRate } = await client.getStats()
  assert.deepEqual(datagrams, { droppedIncoming: 0, expiredIncoming: 0, expiredOutgoing: 0, lostOutgoing: 0 })
  assert.equal(typeof bytesSent, 'number')
  assert.equal(estimatedSendRate, null)
  await server.close()
})

test('a send group counts its streams together, those that are over too', async () => {
  const { client, peer, server } = await faces()
  const group = client.createSendGroup()
  for (const words of ['abc', 'defgh']) {
    const stream = await client.createUnidirectionalStream({ sendGroup: group, sendOrder: 3 })
    assert.equal(stream.sendGroup, group)
    assert.equal(stream.sendOrder, 3)
    await send(stream, words)
  }
  assert.deepEqual(await group.getStats(), { bytesWritten: 8, bytesSent: 8, bytesAcknowledged: 8 })
  await assert.rejects(peer.createUnidirectionalStream({ sendGroup: group }), rejectsWith('InvalidStateError'))
  await server.close()
})

test('what was committed before an abort is delivered, where the peer offers RESET_STREAM_AT', async () => {
  const { client, peer, server } = await faces()
  const writer = (await client.createUnidirectionalStream()).getWriter()
  await writer.write(new Uint8Array(utf8('kept')))
  writer.commit()
  await writer.write(new Uint8Array(utf8('lost')))
  await writer.abort(new WebTransportError('', { streamErrorCode: 1 }))
  const reader = (await first(peer.incomingUnidirectionalStreams)).getReader()
  const { value } = await reader.read()
  assert.equal(
    Buffer.from(value ?? [])
      .toString()
      .slice(0, 4),
    'kept',
  )
  await assert.rejects(reader.read(), rejectsWith('WebTransportError', { streamErrorCode: 1 }))
  await server.close()
})

test('an atomic write that finds no room is refused and leaves the stream usable', async () => {
  const { client, peer, server } = await faces({ transport: { streamReceiveWindow: 1_000 } })
  const writer = (await client.createUnidirectionalStream()).getWriter()
  await writer.atomicWrite(new Uint8Array(997))
  await assert.rejects(writer.atomicWrite(new Uint8Array(10)), rejectsWith('AbortError'))
  const got = first(peer.incomingUnidirectionalStreams).then(text)
  await writer.close()
  assert.equal((await got).length, 997)
  await server.close()
})

test('chunks that are no BufferSource error the stream with a TypeError', async () => {
  const { client, server } = await faces()
  for (const chunk of ['text', null, { length: 3 }, new Uint8Array(new SharedArrayBuffer(2))]) {
    const writer = (await client.createUnidirectionalStream()).getWriter()
    await assert.rejects(writer.write(chunk as unknown as BufferSource), TypeError)
  }
  await server.close()
})

test('incoming streams after a cancel are refused, and their credit goes back', async () => {
  const { client, peer, server } = await faces()
  await peer.incomingBidirectionalStreams.cancel()
  const stream = await client.createBidirectionalStream()
  await assert.rejects(
    text(stream.readable),
    rejectsWith('WebTransportError', { source: 'stream', streamErrorCode: null }),
  )
  await becomes(
    () =>
      client.credit.accounts.find(
        ({ layer, kind, opener }) => layer === 'session' && kind === 'bidi' && opener === 'us',
      )?.live,
    0,
  )
  await server.close()
})
