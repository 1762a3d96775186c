import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { StreamCloseEvent } from '@libp2p/interface'
import { SessionReplacedError } from './errors.ts'
import { DEFAULT_STREAM_LIMITS } from './limits.ts'
import type { Stream } from './stream.ts'
import { testStream, turn, until } from './testing/streams.ts'

const bytes = (size: number, fill = 1) => new Uint8Array(size).fill(fill)

/** Time that passes only when a test says so; a session in memory delivers by turns, which go on. */
function virtualTime(t: TestContext): (span: number) => Promise<void> {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  return async (span) => {
    await turn()
    t.mock.timers.tick(span)
    await turn()
    await turn()
    t.mock.timers.tick(1)
    await turn()
  }
}

function closes(stream: EventTarget): StreamCloseEvent[] {
  const events: StreamCloseEvent[] = []
  stream.addEventListener('close', (event) => events.push(event as StreamCloseEvent))
  return events
}

test('close finishes our half and leaves the peer its own: what it still sends arrives, then the stream closes once', async () => {
  const { stream, wire, peer, retired } = testStream()
  const events = closes(stream)
  let received = 0
  stream.addEventListener('message', (event) => {
    received += event.data.byteLength
    assert.equal(events.length, 0, 'close overtook data')
  })
  await stream.close()
  assert.equal(wire.record.finished, true)
  peer.write(bytes(10_000))
  peer.finish()
  await until(() => events.length > 0)
  assert.equal(received, 10_000)
  assert.equal(stream.status, 'closed')
  assert.deepEqual(wire.record.stops, [])
  peer.read()
  await until(retired)
  assert.equal(events.length, 1)
  assert.equal(events[0]?.error, undefined)
})

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

test('after close, what nobody reads is read away, and the credit comes back', async (t) => {
  const pass = virtualTime(t)
  const { stream, wire, peer, retired } = testStream()
  await stream.close()
  for (let round = 0; round < 4; round += 1) {
    peer.write(bytes(65_536))
    await turn()
  }
  await pass(DEFAULT_STREAM_LIMITS.linger)
  peer.write(bytes(65_536))
  peer.finish()
  await turn()
  await turn()
  assert.equal(stream.status, 'closed')
  assert.deepEqual(wire.record.stops, [])
  peer.read()
  assert.equal(retired(), true)
})

test('reading away is bounded by bytes, then STOP_SENDING', async (t) => {
  const pass = virtualTime(t)
  const { stream, wire, peer } = testStream({ limits: { drainBytes: 100_000 } })
  await stream.close()
  peer.write(bytes(1))
  await pass(DEFAULT_STREAM_LIMITS.linger)
  for (let round = 0; round < 3; round += 1) {
    peer.write(bytes(50_000))
    await turn()
    await turn()
  }
  assert.deepEqual(wire.record.stops, [0])
  await pass(0)
  assert.equal(stream.status, 'closed')
})

test('reading away is bounded by time, then STOP_SENDING', async (t) => {
  const pass = virtualTime(t)
  const { stream, wire } = testStream()
  await stream.close()
  await pass(DEFAULT_STREAM_LIMITS.linger)
  assert.deepEqual(wire.record.stops, [])
  await pass(DEFAULT_STREAM_LIMITS.drainTime)
  assert.deepEqual(wire.record.stops, [0])
  assert.equal(stream.status, 'closed')
})

test('a reader that comes late after close still gets everything', async (t) => {
  const pass = virtualTime(t)
  const { stream, peer } = testStream()
  await stream.close()
  peer.write(bytes(1_000))
  peer.finish()
  await pass(DEFAULT_STREAM_LIMITS.linger - 10)
  let received = 0
  for await (const chunk of stream) received += chunk.byteLength
  assert.equal(received, 1_000)
})

test('no STOP_SENDING goes out before the first byte of the peer: a negotiation is never cut off', async () => {
  const { stream, wire, peer } = testStream()
  await stream.closeRead()
  await turn()
  assert.deepEqual(wire.record.stops, [])
  peer.write(bytes(20))
  await until(() => wire.record.stops.length > 0)
  assert.deepEqual(wire.record.stops, [0])
})

test('a close that the peer leaves no room for ends after the inactivity timeout, though somebody reads', async (t) => {
  const pass = virtualTime(t)
  const { stream, peer, retired } = testStream({ window: 10, inactivityTimeout: 1_000 })
  const events = closes(stream)
  stream.addEventListener('message', () => {})
  stream.send(bytes(100))
  const closing = stream.close()
  await pass(900)
  // Slowly is not never: the time counts from the last byte that was taken.
  peer.read(5)
  await pass(900)
  assert.equal(stream.status, 'open')
  await pass(1_000)
  await closing
  assert.equal((events[0]?.error as { code?: string } | undefined)?.code, 'ERR_INACTIVITY_TIMEOUT')
  peer.read()
  await until(retired)
})

test('once the peer was heard, closeRead is STOP_SENDING at once, and the peer half counts as ended', async () => {
  const { stream, wire, peer } = testStream()
  peer.write(bytes(20))
  await until(() => stream.readBufferLength === 20)
  await stream.closeRead()
  assert.deepEqual(wire.record.stops, [0])
  await new Promise((resolve) => stream.addEventListener('remoteCloseWrite', resolve))
  await stream.close()
  assert.equal(stream.status, 'closed')
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

test('a stream of which one half is over and nothing moves is aborted after its inactivity timeout', async (t) => {
  const pass = virtualTime(t)
  const { stream, wire, peer, retired } = testStream({ inactivityTimeout: 5_000 })
  const events = closes(stream)
  stream.addEventListener('message', () => {})
  peer.write(bytes(1))
  peer.finish()
  await turn()
  await turn()
  await pass(4_000)
  stream.send(bytes(1))
  await pass(4_000)
  assert.equal(stream.status, 'open', 'something moved')
  await pass(1_100)
  assert.equal((events[0]?.error as { code?: string } | undefined)?.code, 'ERR_INACTIVITY_TIMEOUT')
  assert.deepEqual([wire.record.resets, wire.record.stops], [[0], [0]])
  peer.read()
  await until(retired)
})

test('a stream that somebody reads is left alone, however quiet, as long as both halves are open', async (t) => {
  const pass = virtualTime(t)
  const { stream } = testStream({ inactivityTimeout: 5_000 })
  stream.addEventListener('message', () => {})
  await pass(1_000_000)
  assert.equal(stream.status, 'open')
})

for (const [what, forget] of [
  ['dropped', () => {}],
  ['paused and dropped', (stream: Stream) => stream.pause()],
  ['written to and dropped', (stream: Stream) => void stream.send(bytes(1))],
] as const) {
  test(`a stream that its application ${what} without a reader is aborted after its inactivity timeout`, async (t) => {
    const pass = virtualTime(t)
    const { stream, wire, peer, retired } = testStream({ inactivityTimeout: 5_000 })
    forget(stream)
    await pass(5_100)
    assert.equal(stream.status, 'aborted')
    assert.deepEqual([wire.record.resets, wire.record.stops], [[0], [0]])
    peer.read()
    peer.read()
    peer.reset(0)
    await until(retired)
  })
}

test('reclaiming ends a stream whose peer is done and on which nothing was sent, and none that waits for an answer', async (t) => {
  const pass = virtualTime(t)
  const [forgotten, asking] = [testStream(), testStream()]
  for (const { stream } of [forgotten, asking]) stream.addEventListener('message', () => {})
  forgotten.peer.write(bytes(1))
  forgotten.peer.finish()
  await asking.stream.close()
  await turn()
  await turn()
  await pass(4_900)
  assert.deepEqual([forgotten.stream.reclaim(5_000), asking.stream.reclaim(5_000)], [false, false])
  await pass(10_000)
  assert.deepEqual([forgotten.stream.reclaim(5_000), asking.stream.reclaim(5_000)], [true, false])
  assert.deepEqual([forgotten.stream.status, asking.stream.status], ['aborted', 'open'])
})

test('close with a bound rejects when the peer takes nothing, and the stream can still be aborted', async () => {
  const { stream, wire } = testStream({ window: 10 })
  stream.send(bytes(100))
  await assert.rejects(stream.close({ signal: AbortSignal.timeout(1) }))
  stream.abort(new Error('enough'))
  assert.deepEqual(wire.record.resets, [0])
})

test('a close that waits for room ends when the stream is aborted', async () => {
  const { stream } = testStream()
  while (stream.send(bytes(65_536)));
  const closing = stream.close()
  await turn()
  stream.abort(new Error('enough'))
  await closing
  assert.equal(stream.status, 'aborted')
})

test('a close that waits for room ends when the session under the stream is lost', async () => {
  const { stream } = testStream()
  while (stream.send(bytes(65_536)));
  const closing = stream.close()
  await turn()
  stream.onTransportClosed(new SessionReplacedError())
  await closing
  assert.equal(stream.status, 'aborted')
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

const EXCHANGES = { '/framed': {}, '/silent': { silent: 'inbound' } } as const

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
