import { echo } from '@sluice/cli'
import { webTransport, webTransportCredit } from '@sluice/libp2p'
import { startPage } from './lab-page.ts'

await startPage([webTransport()], echo(), { credit: webTransportCredit })
