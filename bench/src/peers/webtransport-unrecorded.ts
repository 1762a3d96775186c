/** As `webtransport.ts`, with no record of any stream: what ledger and verdicts cost is what this one is faster. */
import { quinnEngine } from '@sluice/engine'
import { run } from './drive.ts'
import { webTransportPeer } from './webtransport-peer.ts'

await run(webTransportPeer(quinnEngine, { streamRecords: false }))
