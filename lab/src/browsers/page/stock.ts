import { webTransport } from '@libp2p/webtransport'
import { startPage } from './lab-page.ts'

await startPage([webTransport()])
