import { webTransport, webTransportCredit, webTransportSession } from '@sluice/libp2p'
import { startPage } from '../browsers/page/lab-page.ts'
import { hasty } from './hasty.ts'
import { abandon, openAndAbandon } from './service.ts'

await startPage([webTransport(hasty)], abandon(), {
  credit: webTransportCredit,
  verdict: (connection) => webTransportSession(connection)?.verdict,
  abandon: (connection, options, signal) =>
    openAndAbandon(connection, webTransportSession(connection), options, signal),
})
