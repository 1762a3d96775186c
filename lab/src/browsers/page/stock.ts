import { echo } from '@libp2p/echo'
import { webTransport } from '@libp2p/webtransport'
import { startPage } from './lab-page.ts'

// Our echo service pauses its stream for backpressure, and a paused stream of the stock transport is lost on resume.
await startPage([webTransport()], echo({ maxInboundStreams: 100_000, timeout: 120_000 }))
