import assert from 'node:assert/strict'
import type { MessageStreamDirection, StreamCloseEvent } from '@libp2p/interface'
import { defaultLogger } from '@libp2p/logger'
import type { KnownExchanges } from '../exchanges.ts'
import { DEFAULT_STREAM_LIMITS, type StreamLimits } from '../limits.ts'
import { Stream } from '../stream.ts'
import { type MemoryStream, memoryStreamPair } from './stream-pair.ts'

/** A libp2p stream, and the bare other end of it. For tests. */
export interface TestStream {
  readonly stream: Stream
  /** What the stream holds of the session: its record says what was done to it. */
  readonly wire: MemoryStream
  /** The peer's end, as a session shows it. */
  readonly peer: MemoryStream
  /** Whether both halves are terminal at both ends, so that the credit is back. */
  retired(): boolean
}

export function testStream(
  options: {
    limits?: Partial<StreamLimits>
    window?: number
    inactivityTimeout?: number
    direction?: MessageStreamDirection
    exchanges?: KnownExchanges
  } = {},
): TestStream {
  let done = false
  const [wire, peer] = memoryStreamPair(options.window ?? 65_536, () => {
    done = true
  })
  const stream = new Stream({
    id: 'test',
    wire,
    direction: options.direction ?? 'outbound',
    exchanges: options.exchanges,
    log: defaultLogger().forComponent('test'),
    limits: { ...DEFAULT_STREAM_LIMITS, ...options.limits },
    ...(options.inactivityTimeout === undefined ? {} : { inactivityTimeout: options.inactivityTimeout }),
  })
  return { stream, wire, peer, retired: () => done }
}

/** So many bytes of 1. */
export function bytes(size: number): Uint8Array {
  return new Uint8Array(size).fill(1)
}

/** What a stream says of its end, from now on. */
export function closes(stream: EventTarget): readonly StreamCloseEvent[] {
  const events: StreamCloseEvent[] = []
  stream.addEventListener('close', (event) => events.push(event as StreamCloseEvent))
  return events
}

/** One turn of the event loop, in which a session in memory delivers. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/**
 * Waits, turn by turn, until it is so; bounded, so that what never comes fails.
 *
 * @param most turns; more where a real timer runs meanwhile
 */
export async function until(condition: () => boolean, most = 10_000): Promise<void> {
  for (let turns = 0; !condition(); turns += 1) {
    assert.ok(turns < most, 'never came')
    await turn()
  }
}
