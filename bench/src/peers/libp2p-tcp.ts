/** js-libp2p over TCP, noise and yamux: `serve`, or `drive MULTIADDR`. */
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { run } from './drive.ts'
import { libp2pPeer } from './libp2p.ts'
import { versionsOf } from './versions.ts'

await run(
  libp2pPeer({
    listen: '/ip4/127.0.0.1/tcp/0',
    options: { transports: [tcp()], connectionEncrypters: [noise()], streamMuxers: [yamux()] },
    versions: versionsOf('libp2p', '@libp2p/tcp', '@libp2p/noise', '@libp2p/yamux'),
  }),
)
