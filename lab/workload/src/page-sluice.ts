import { webTransport } from '@sluice/libp2p'
import { countStreams } from './count.ts'
import { startPage } from './page.ts'

await startPage({ transports: [webTransport()], count: countStreams })
