import { webTransport, webTransportCredit } from '@sluice/libp2p'
import { startPage } from './lab-page.ts'

await startPage([webTransport()], { credit: webTransportCredit })
