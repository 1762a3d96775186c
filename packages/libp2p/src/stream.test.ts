import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KnownExchanges } from './exchanges.ts'
import type { Stream } from './stream.ts'
import { bytes, closes, testStream, turn, until } from './testing/streams.ts'

test('its session knows it by the protocol that was negotiated on it', () => {
  const { stream, wire } = testStream()
  assert.equal(wire.owner, undefined)
  stream.protocol = '/ipfs/ping/1.0.0'
  assert.equal(wire.owner, '/ipfs/ping/1.0.0')
})

test('abort is a reset and STOP_SENDING, always both', async () => {
  const { stream, wire, peer, retired } = testStream()
  stream.abort(new Error('enough'))
  assert.deepEqual([wire.record.resets, wire.record.stops], [[0], [0]])
  peer.read()
  await until(retired)
})

test('STOP_SENDING after a complete exchange is benign: what the peer sent is read, and close is quiet', async () => {
  const { stream, peer, retired } = testStream()
  stream.send(bytes(100))
  await turn()
  peer.read()
  peer.write(bytes(500))
  peer.finish()
  peer.stopSending(0)
  let received = 0
  for await (const chunk of stream) received += chunk.byteLength
  assert.equal(received, 500)
  assert.equal(stream.send(bytes(10)), true)
  await stream.close()
  assert.equal(stream.status, 'closed')
  await until(retired)
})

test('STOP_SENDING before anything else costs nothing that the peer sent: an answer that it does not want is swallowed', async () => {
  // go-libp2p before 0.37.1 closes without reading the answer to its negotiation.
  const { stream, peer, retired } = testStream()
  peer.stopSending(0)
  peer.write(bytes(500))
  peer.finish()
  await turn()
  assert.equal(stream.send(bytes(100)), true)
  assert.equal(stream.status, 'open')
  let received = 0
  for await (const chunk of stream) received += chunk.byteLength
  assert.equal(received, 500)
  await stream.close()
  assert.equal(stream.status, 'closed')
  await until(retired)
})

test('a writer that waits for room is woken when the peer stops it', async () => {
  const { stream, peer } = testStream({ window: 1_000 })
  assert.equal(stream.send(bytes(5_000)), false)
  const drained = stream.onDrain()
  peer.stopSending(0)
  await drained
  await stream.close()
})

test('a reset that nobody asked for is an error, after the bytes that came before it', async () => {
  const { stream, wire, peer, retired } = testStream()
  const events = closes(stream)
  peer.write(bytes(10))
  await until(() => stream.readBufferLength === 10)
  peer.reset(7)
  await until(() => events.length > 0)
  assert.equal(stream.status, 'reset')
  assert.equal(events[0]?.error?.name, 'StreamResetError')
  assert.equal(stream.readBufferLength, 10)
  assert.deepEqual(wire.record.resets, [0], 'our half ends too')
  peer.read()
  await until(retired)
})

test('a reset of a half that nobody wants any more is a normal end', async () => {
  const { stream, peer } = testStream()
  const events = closes(stream)
  await stream.closeRead()
  await stream.close()
  peer.reset(0)
  await until(() => events.length > 0)
  assert.equal(stream.status, 'closed')
  assert.equal(events[0]?.error, undefined)
})

for (const [name, prepare] of [
  ['is paused', (stream: { pause(): void }) => stream.pause()],
  ['has no reader', () => {}],
] as const) {
  test(`a stream that ${name} holds the peer by flow control instead of failing`, async () => {
    const { stream, peer } = testStream({ limits: { readAhead: 16_384 } })
    prepare(stream)
    let sent = 0
    for (let round = 0; round < 2_000; round += 1) {
      sent += peer.write(bytes(1_000))
      if (round % 50 === 0) await turn()
    }
    assert.equal(stream.status, 'open')
    assert.ok(stream.readBufferLength <= 16_384)
    assert.ok(sent <= 16_384 + 65_536 + 2_000)
    if (stream.readStatus === 'paused') stream.resume()
    let received = 0
    peer.events = {
      writable() {
        peer.finish()
      },
    }
    for await (const chunk of stream) received += chunk.byteLength
    assert.equal(received, sent)
  })
}

test('a read buffer that the user made small is respected by pulling less, not by failing', async () => {
  const { stream, peer } = testStream()
  stream.maxReadBufferLength = 100
  peer.write(bytes(50_000))
  peer.finish()
  await until(() => stream.readBufferLength === 100)
  await turn()
  assert.equal(stream.status, 'open')
  let received = 0
  for await (const chunk of stream) received += chunk.byteLength
  assert.equal(received, 50_000)
})

test('pause and resume go on where they were', async () => {
  const { stream, peer } = testStream()
  const chunks: number[] = []
  stream.addEventListener('message', (event) => {
    chunks.push(event.data.byteLength)
    stream.pause()
  })
  peer.write(bytes(10))
  peer.write(bytes(20))
  await until(() => chunks.length === 1)
  await turn()
  assert.deepEqual(chunks, [10])
  stream.resume()
  await until(() => chunks.length === 2)
  assert.deepEqual(chunks, [10, 20])
})

test('the end comes again after bytes that were put back, for the reader behind a negotiation', async () => {
  const { stream, peer } = testStream()
  let first = true
  stream.addEventListener(
    'message',
    (event) => {
      assert.ok(first)
      first = false
      const all = event.data.subarray()
      queueMicrotask(() => stream.unshift(all.slice(4)))
    },
    { once: true },
  )
  peer.write(bytes(10))
  peer.finish()
  await until(() => !first)
  await turn()
  let received = 0
  for await (const chunk of stream) received += chunk.byteLength
  assert.equal(received, 6)
})

test('a reader that comes after the end of an empty stream is told at once', async () => {
  const { stream, peer } = testStream()
  peer.finish()
  await until(() => stream.remoteWriteStatus === 'closed')
  for await (const _ of stream) assert.fail('there is nothing to read')
})

/** Reads to the end; what came, and the error that took the place of an end. */
async function readOut(stream: Stream): Promise<{ size: number; code: unknown }> {
  let size = 0
  try {
    for await (const data of stream) size += data.byteLength
    return { size, code: undefined }
  } catch (error) {
    return { size, code: error instanceof Error && 'code' in error ? error.code : error }
  }
}

const EXCHANGES = new KnownExchanges({ '/framed': {}, '/silent': { silent: 'inbound' } })

for (const [protocol, code] of [
  ['/framed', undefined],
  ['/ended by FIN', 'ERR_END_UNKNOWN'],
] as const) {
  test(`an end that the browser lost is ${code ?? 'a clean one'} for ${protocol}, behind all that came`, async () => {
    const { stream, wire, peer } = testStream({ exchanges: EXCHANGES })
    stream.protocol = protocol
    const read = readOut(stream)
    peer.write(bytes(1_000))
    await until(() => wire.unread === 0)
    wire.spoil()
    assert.deepEqual(await read, { size: 1_000, code })
    await stream.close()
    assert.equal(stream.status, code === undefined ? 'closed' : 'aborted')
  })

  test(`it is no other for ${protocol} where the reader comes late`, async () => {
    const { stream, wire, peer } = testStream({ exchanges: EXCHANGES })
    stream.protocol = protocol
    peer.write(bytes(1_000))
    await until(() => wire.unread === 0)
    wire.spoil()
    await turn()
    assert.deepEqual(await readOut(stream), { size: 1_000, code })
    assert.deepEqual(await readOut(stream), { size: 0, code })
  })
}

test('an end that the browser lost on a stream that nobody wanted to read is a clean one', async () => {
  const { stream, wire, peer } = testStream({ exchanges: EXCHANGES })
  const events = closes(stream)
  peer.write(bytes(10))
  await until(() => wire.unread === 0)
  await stream.close()
  stream.closeRead()
  wire.spoil()
  await until(() => events.length > 0)
  assert.equal(events[0]?.error, undefined)
})

for (const [direction, finished] of [
  ['inbound', true],
  ['outbound', false],
] as const) {
  test(`the ${direction} end of a protocol that is silent inbound is ${finished ? '' : 'not '}finished with the negotiation`, async () => {
    const { stream, wire, peer } = testStream({ direction, exchanges: EXCHANGES })
    stream.send(bytes(20))
    assert.equal(wire.record.finished, false)
    stream.protocol = '/silent'
    assert.equal(stream.protocol, '/silent')
    assert.equal(wire.record.finished, finished)
    const read = readOut(stream)
    peer.write(bytes(1_000))
    peer.finish()
    assert.deepEqual(await read, { size: 1_000, code: undefined })
    await stream.close()
    assert.equal(stream.status, 'closed')
    assert.equal(peer.unread, 20)
  })
}
