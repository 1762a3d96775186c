/** js-libp2p over our transport: `serve`, or `drive MULTIADDR`. */
import { webTransport } from '@sluice/libp2p'
import { run } from './drive.ts'
import { libp2pPeer } from './libp2p.ts'
import { versionsOf } from './versions.ts'

await run(
  libp2pPeer({
    listen: '/ip4/127.0.0.1/udp/0/quic-v1/webtransport',
    options: { transports: [webTransport()] },
    versions: versionsOf('libp2p'),
  }),
)
