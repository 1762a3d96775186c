/** WebTransport sessions on the native engine: `serve`, or `drive ADDRESS`. */
import { quinnEngine } from '@sluice/engine'
import { run } from './drive.ts'
import { webTransportPeer } from './webtransport-peer.ts'

await run(webTransportPeer(quinnEngine))
