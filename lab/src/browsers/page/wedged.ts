import { echo } from '@sluice/cli'
import { sluiceLedger, webTransport, webTransportCredit, webTransportSession } from '@sluice/libp2p'
import { startPage } from './lab-page.ts'
import { wedgeFirstSession } from './wedge.ts'

/** Incoming streams of the first session that come to light. */
const HANDED_OVER = 50

wedgeFirstSession(HANDED_OVER)
await startPage(
  [webTransport()],
  echo(),
  {
    credit: webTransportCredit,
    verdict: (connection) => webTransportSession(connection)?.verdict,
    onVerdict: (connection, listener) => void webTransportSession(connection)?.onVerdict(listener),
  },
  { ledger: sluiceLedger() },
)
