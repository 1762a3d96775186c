import type { StreamMuxerFactory } from '@libp2p/interface'
import type { Session } from '@sluice/webtransport'
import { DEFAULT_STREAM_LIMITS } from '../limits.ts'
import { MUXER_PROTOCOL, WebTransportMuxer } from '../muxer.ts'
import { type Exceptions, runSuite } from './harness.ts'
import { overLink } from './slow-link.ts'

/** The two ends of a session. */
export type Ends = readonly [client: Session, server: Session]

/** Why a byte stream cannot pass one of the tests; over a session in memory, which keeps writes apart, all 46 pass. */
export const BYTE_STREAM: Exceptions = {
  'can close a stream for writing':
    'expects two writes to arrive as two messages; a QUIC stream carries bytes, not messages (RFC 9000, 2)',
}

/** Runs js-libp2p's suite for multiplexers over sessions of one kind. */
export async function muxerSuite(
  name: string,
  ends: () => Promise<Ends> | Ends,
  exceptions?: Exceptions,
): Promise<void> {
  /** The suite asks for a factory twice a test and makes one muxer of each; its direction tells which end it is. */
  let pair: Ends | undefined
  const setup = async (): Promise<StreamMuxerFactory> => {
    const both = pair ?? (await ends())
    pair = pair === undefined ? both : undefined
    return {
      protocol: MUXER_PROTOCOL,
      createStreamMuxer: (connection) =>
        new WebTransportMuxer(connection, {
          session: overLink(connection.direction === 'outbound' ? both[0] : both[1], connection),
          limits: DEFAULT_STREAM_LIMITS,
          // A thousand streams at once wait long on a busy machine.
          openDeadline: 120_000,
          maxOutboundStreams: Number.POSITIVE_INFINITY,
          streamOptions: {},
        }),
    }
  }
  await runSuite(
    name,
    46,
    async () => {
      const { default: streamMuxerTests } = await import('@libp2p/interface-compliance-tests/stream-muxer')
      streamMuxerTests({ setup, async teardown() {} })
    },
    exceptions,
  )
}
