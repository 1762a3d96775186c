import type { Startable, StreamHandler } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'

/** What a service of ours needs of a libp2p node. */
export interface ServiceComponents {
  readonly registrar: Registrar
}

/**
 * A libp2p service that answers one protocol.
 *
 * The number of streams is not limited here: QUIC's own limit says how many a peer may open, and a second limit
 * behind it would reset streams that the first one allowed.
 */
export function protocolService(
  protocol: string,
  handler: StreamHandler,
): (components: ServiceComponents) => Startable {
  return ({ registrar }) => ({
    start: () =>
      registrar.handle(protocol, handler, {
        maxInboundStreams: Number.POSITIVE_INFINITY,
        maxOutboundStreams: Number.POSITIVE_INFINITY,
      }),
    stop: () => registrar.unhandle(protocol),
  })
}
