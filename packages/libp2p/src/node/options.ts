import type { ConnectOptions, Governor, GovernorOptions, ListenOptions } from '@sluice/webtransport'
import type { WebTransportInit } from '../types.ts'

/** Tuning of QUIC; what is left out keeps the engine's default. */
export type QuicOptions = NonNullable<ListenOptions['transport']>

/** The options of the transport on Node.js. */
export interface NodeWebTransportInit extends WebTransportInit {
  /** The QUIC engine to run on; default: the native one. */
  readonly engine?: ListenOptions['engine']
  /** Tuning of QUIC for connections in both directions. */
  readonly quic?: QuicOptions
  /**
   * Grants stream credit to the peers: one budget for all connections of the transport, in both directions, and for other
   * transports that are given the same `Governor`. `maxInboundStreams` is the most that one peer gets.
   */
  readonly governor?: Governor | Partial<GovernorOptions>
  /**
   * What both ends of ours declare of session flow control, `false`: nothing. Default: the listener that it speaks it,
   * without limits, for the sake of Safari; the dialler nothing.
   */
  readonly sessionFlowControl?: ListenOptions['sessionFlowControl']
}

/** As go-libp2p: so often that neither a NAT nor the peer's idle timeout forgets a quiet connection. */
const KEEP_ALIVE = 15_000
const MAX_INBOUND_STREAMS = 256

/** What the listener and the dialler both hand down to QUIC. */
export function quicOptions(
  init: NodeWebTransportInit,
  governor: Governor,
): Pick<ListenOptions & ConnectOptions, 'engine' | 'transport' | 'governor'> {
  return {
    governor,
    ...(init.engine === undefined ? {} : { engine: init.engine }),
    transport: {
      keepAlive: KEEP_ALIVE,
      maxIncomingBidi: init.maxInboundStreams ?? MAX_INBOUND_STREAMS,
      ...init.quic,
    },
  }
}
