import { sessionPair } from '../testing/session-pair.ts'
import { muxerSuite } from './muxer-setup.ts'

await muxerSuite('stream muxer over a session in memory', () => sessionPair())
