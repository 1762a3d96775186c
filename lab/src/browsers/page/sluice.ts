import { echo } from '@sluice/cli'
import { renewWebTransportSession, webTransport, webTransportCredit, webTransportSession } from '@sluice/libp2p'
import { openDeadline } from '../../peers/libp2p/executor.ts'
import { MESSAGE_PROTOCOL } from '../../peers/libp2p/mailbox.ts'
import { startPage } from './lab-page.ts'
import { pageMemory } from './memory.ts'
import { countRejectedOpens } from './rejections.ts'

await startPage([webTransport({ openDeadline, exchanges: { [MESSAGE_PROTOCOL]: {} } })], echo(), {
  credit: webTransportCredit,
  session: webTransportSession,
  verdict: (connection) => webTransportSession(connection)?.verdict,
  onVerdict: (connection, listener) => void webTransportSession(connection)?.onVerdict(listener),
  renew: renewWebTransportSession,
  memory: pageMemory,
  rejectedOpens: countRejectedOpens(),
})
