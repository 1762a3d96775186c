import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { SessionReplacedError } from './errors.ts'
import { DEFAULT_STREAM_LIMITS } from './limits.ts'
import type { Stream } from './stream.ts'
import { bytes, closes, testStream, turn, until } from './testing/streams.ts'

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
