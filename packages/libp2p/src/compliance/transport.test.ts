import { noise } from '@libp2p/noise'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { WebTransport } from '@multiformats/multiaddr-matcher'
import type { Libp2pInit } from 'libp2p'
import { webTransport } from '../index.ts'
import { runSuite } from './harness.ts'

const ADDRESS = '/ip4/127.0.0.1/udp/0/quic-v1/webtransport'

function init(): Libp2pInit {
  return {
    transports: [webTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
  }
}

await runSuite('transport', 15, async () => {
  const { default: transportTests } = await import('@libp2p/interface-compliance-tests/transport')
  transportTests({
    async setup() {
      return {
        dialer: init(),
        listener: { ...init(), addresses: { listen: [multiaddr(ADDRESS), multiaddr(ADDRESS)].map(String) } },
        dialMultiaddrMatcher: WebTransport,
        listenMultiaddrMatcher: WebTransport,
      }
    },
    async teardown() {},
  })
})
