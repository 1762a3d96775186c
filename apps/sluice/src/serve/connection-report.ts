import type { Connection } from '@libp2p/interface'
import type { CreditSnapshot, Verdict } from '@sluice/credit'
import { webTransportSession } from '@sluice/libp2p'

/** A connection of the node as it is printed and served. */
export interface ConnectionReport {
  /** libp2p's id of the connection: unique in this process. */
  readonly connection: string
  readonly peer: string
  readonly address: string
  readonly direction: 'inbound' | 'outbound'
  /** null where the transport keeps none. */
  readonly credit: CreditSnapshot | null
  /** What its streams suffer from; null when they are healthy or nobody can tell. */
  readonly verdict: Verdict | null
}

export function reportConnection(connection: Connection): ConnectionReport {
  const session = webTransportSession(connection)
  const verdict = session?.verdict ?? null
  return {
    connection: connection.id,
    peer: connection.remotePeer.toString(),
    address: connection.remoteAddr.toString(),
    direction: connection.direction,
    credit: session?.credit ?? null,
    verdict: verdict?.code === 'healthy' ? null : verdict,
  }
}
