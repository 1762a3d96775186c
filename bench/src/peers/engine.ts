/** The bare engine: `serve`, or `drive ADDRESS`. */
import { quinnEngine } from '@sluice/engine'
import { run } from './drive.ts'
import { enginePeer } from './engine-peer.ts'

await run(enginePeer(quinnEngine))
