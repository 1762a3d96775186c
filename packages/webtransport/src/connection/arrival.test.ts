import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stream } from '@sluice/engine'
import { ErrorCode, type StreamHeader } from '@sluice/h3'
import { ManualClock } from '../testing/manual-clock.ts'
import { Arrival } from './arrival.ts'

/** A stream of the peer on which `chunks` wait to be read, and what became of it. */
function arrive(kind: 'bidi' | 'uni', chunks: Uint8Array[]) {
  const clock = new ManualClock()
  const headers: StreamHeader[] = []
  const stopped: number[] = []
  const stream = {
    kind,
    opener: 'them',
    receiveState: 'open',
    events: {},
    read: () => chunks.shift(),
  } as unknown as Stream
  const arrival = new Arrival(stream, {
    clock,
    deadline: 500,
    identified: (_arrival, header) => headers.push(header),
    gone: () => {},
    givenUp: (_arrival, code) => stopped.push(code),
    guard: (step) => step(),
  })
  arrival.read()
  return { clock, stream, chunks, headers, stopped }
}

test('an empty uni stream is never stopped: it may be a QPACK stream that is not needed yet', () => {
  const { clock, stream, chunks, headers, stopped } = arrive('uni', [])
  clock.advance(100_000)
  assert.deepEqual(stopped, [])
  chunks.push(new Uint8Array([0x02]))
  stream.events.readable?.()
  assert.equal(headers[0]?.type, 'qpack-encoder')
  assert.equal(clock.pending, 0)
})

test('a uni stream that stops in the middle of saying what it is has a deadline from its first byte on', () => {
  const { clock, stream, chunks, stopped } = arrive('uni', [])
  clock.advance(10_000)
  chunks.push(new Uint8Array([0x40]))
  stream.events.readable?.()
  clock.advance(499)
  assert.deepEqual(stopped, [])
  clock.advance(1)
  assert.deepEqual(stopped, [ErrorCode.H3_STREAM_CREATION_ERROR])
})

test('an empty bidi stream has a deadline from the start', () => {
  const { clock, stopped } = arrive('bidi', [])
  clock.advance(500)
  assert.deepEqual(stopped, [ErrorCode.H3_STREAM_CREATION_ERROR])
})
