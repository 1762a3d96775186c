import type { Connection } from '@libp2p/interface'
import { webTransportCredit } from '@sluice/libp2p'

/** Streams of sessions that hold credit now, by this end's ledgers. */
export function liveStreams(connections: readonly Connection[]): number {
  return connections.reduce((sum, connection) => {
    const accounts = webTransportCredit(connection)?.accounts ?? []
    return sum + accounts.reduce((live, account) => live + (account.layer === 'session' ? account.live : 0), 0)
  }, 0)
}
