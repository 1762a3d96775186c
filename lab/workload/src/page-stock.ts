import { webTransport } from '@libp2p/webtransport'
import { startPage } from './page.ts'

await startPage({ transports: [webTransport()] })
