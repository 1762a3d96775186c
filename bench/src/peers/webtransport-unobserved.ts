/** As `webtransport.ts`, without ledger and verdicts: `serve`, or `drive ADDRESS`. */
import { quinnEngine } from '@sluice/engine'
import { run } from './drive.ts'
import { stopObserving } from './unobserved.ts'
import { webTransportPeer } from './webtransport-peer.ts'

stopObserving()
await run(webTransportPeer(quinnEngine))
