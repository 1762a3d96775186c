import type { Connection } from '@libp2p/interface'
import type { Millis } from '@sluice/credit'
import { finish, receive, type StreamIoOptions, send } from './stream-io.ts'

const PING_PROTOCOL = '/ipfs/ping/1.0.0'

/** Bytes of one ping (libp2p specs, ping). */
const LENGTH = 32

/**
 * Round-trip times of `count` pings, one after another on one stream, finer than a millisecond: libp2p's own client
 * opens a stream for each and counts whole milliseconds.
 */
export async function measurePings(
  connection: Connection,
  count: number,
  options: StreamIoOptions = {},
): Promise<Millis[]> {
  const stream = await connection.newStream(PING_PROTOCOL, options)
  const times: Millis[] = []
  try {
    let missing = LENGTH
    let begin = performance.now()
    const received = receive(
      stream,
      (data) => {
        missing -= data.byteLength
        if (missing > 0) return undefined
        times.push(performance.now() - begin)
        if (times.length === count) return finish(stream, options)
        missing = LENGTH
        begin = performance.now()
        return send(stream, crypto.getRandomValues(new Uint8Array(LENGTH)), options)
      },
      options,
    )
    await Promise.all([received, send(stream, crypto.getRandomValues(new Uint8Array(LENGTH)), options)])
    return times
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error('ping failed', { cause: error }))
    throw error
  }
}
