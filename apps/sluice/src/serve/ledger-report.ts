import type { Connection } from '@libp2p/interface'
import type { LedgerComparison, SluiceLedger } from '@sluice/libp2p'
import type { ConnectionReport } from './connection-report.ts'

/** Both ends' ledgers of a connection that stalls, as they are printed. */
export interface LedgerReport extends LedgerComparison, Pick<ConnectionReport, 'connection' | 'peer'> {}

interface Ledgers {
  getConnections(): Connection[]
  readonly services: { readonly ledger: Pick<SluiceLedger, 'compare'> }
}

/** Asks the other end of a connection for its ledger when something is wrong there, and tells what both ends say. */
export function ledgerReports(node: Ledgers, tell: (report: LedgerReport) => void): (report: ConnectionReport) => void {
  return ({ connection: id, peer, verdict }) => {
    if (verdict === null || verdict.harmless) return
    const connection = node.getConnections().find((candidate) => candidate.id === id)
    if (connection === undefined) return
    node.services.ledger.compare(connection).then(
      (comparison) => {
        if (comparison !== undefined) tell({ connection: id, peer, ...comparison })
      },
      // The peer gives no ledger now; it is asked again when something changes.
      () => {},
    )
  }
}
