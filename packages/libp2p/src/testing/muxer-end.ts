import type { Logger, MessageStreamDirection } from '@libp2p/interface'
import { defaultLogger } from '@libp2p/logger'
import { multiaddr } from '@multiformats/multiaddr'
import type { Session } from '@sluice/webtransport'
import { WebTransportConnection } from '../connection.ts'
import { DEFAULT_STREAM_LIMITS } from '../limits.ts'
import { type MuxerOptions, WebTransportMuxer } from '../muxer.ts'

export { DEFAULT_STREAM_LIMITS }

/** One end of a session as js-libp2p holds it, without a node around it. For tests and the simulator. */
export interface MuxerEnd<S extends Session> {
  readonly session: S
  readonly connection: WebTransportConnection
  readonly muxer: WebTransportMuxer
}

export function muxerEnd<S extends Session>(
  session: S,
  direction: MessageStreamDirection,
  options: Partial<MuxerOptions> = {},
  log: Logger = defaultLogger().forComponent('test'),
): MuxerEnd<S> {
  const connection = new WebTransportConnection({
    session,
    remoteAddr: multiaddr('/ip4/127.0.0.1/udp/1/quic-v1/webtransport'),
    direction,
    log,
  })
  const muxer = new WebTransportMuxer(connection, {
    session,
    limits: DEFAULT_STREAM_LIMITS,
    openDeadline: 10_000,
    maxOutboundStreams: Number.POSITIVE_INFINITY,
    streamOptions: {},
    ...options,
  })
  return { session, connection, muxer }
}
