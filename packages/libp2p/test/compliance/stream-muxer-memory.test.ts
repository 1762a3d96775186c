import type { StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import { DEFAULT_STREAM_LIMITS } from '../../src/limits.ts'
import { MUXER_PROTOCOL, WebTransportMuxer } from '../../src/muxer.ts'
import { sessionPair } from '../../src/testing/session-pair.ts'
import { runSuite } from './harness.ts'
import { overLink } from './slow-link.ts'

/** The suite asks for a factory twice a test and then makes one muxer of each end; the end is told by its direction. */
let pair: ReturnType<typeof sessionPair> | undefined

async function setup(): Promise<StreamMuxerFactory> {
  const ends = pair ?? sessionPair()
  pair = pair === undefined ? ends : undefined
  return {
    protocol: MUXER_PROTOCOL,
    createStreamMuxer(connection): StreamMuxer {
      const session = overLink(connection.direction === 'outbound' ? ends[0] : ends[1], connection)
      return new WebTransportMuxer(connection, {
        session,
        limits: DEFAULT_STREAM_LIMITS,
        openDeadline: 10_000,
        maxOutboundStreams: Number.POSITIVE_INFINITY,
        streamOptions: {},
      })
    },
  }
}

await runSuite('stream muxer over a session in memory', 46, async () => {
  const { default: streamMuxerTests } = await import('@libp2p/interface-compliance-tests/stream-muxer')
  streamMuxerTests({ setup, async teardown() {} })
})
