import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'

/** js-libp2p allows one stream each by default, and the crowd asks while a node's own identify may still run. */
const AT_ONCE = { maxInboundStreams: 100, maxOutboundStreams: 100 }

/**
 * What the nodes of a crowd have besides their transport. Their connections are not monitored: libp2p ends one whose last
 * ping is still under way when the next is due, and here five hundred share a machine that may stop for seconds to
 * collect garbage.
 */
export const NODE = {
  connectionMonitor: { enabled: false },
  services: { identify: identify(AT_ONCE), ping: ping(AT_ONCE) },
}
