import type { Connection } from '@libp2p/interface'
import type { CreditSnapshot } from '@sluice/credit'

/** Reads the live stream credit of a connection; undefined where the transport keeps none. */
export type CreditReader = (connection: Connection) => CreditSnapshot | undefined

/** A connection of the node as it is printed and served. */
export interface ConnectionReport {
  /** libp2p's id of the connection: unique in this process. */
  readonly connection: string
  readonly peer: string
  readonly address: string
  readonly direction: 'inbound' | 'outbound'
  readonly credit: CreditSnapshot | null
}

export function reportConnection(connection: Connection, read: CreditReader): ConnectionReport {
  return {
    connection: connection.id,
    peer: connection.remotePeer.toString(),
    address: connection.remoteAddr.toString(),
    direction: connection.direction,
    credit: read(connection) ?? null,
  }
}
