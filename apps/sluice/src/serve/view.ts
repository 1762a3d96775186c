import type { ConnectionReport } from './connection-report.ts'
import type { LedgerReport } from './ledger-report.ts'

/** What the node says of itself once it listens. */
export interface Listening {
  readonly peerId: string
  readonly addresses: readonly string[]
  /** Where the page is; null when none is served. */
  readonly page: string | null
}

/** How a node shows what happens to it. */
export interface View {
  listening(node: Listening): void
  /** The addresses changed: a certificate was swapped, so its hash is another. */
  readdressed(addresses: readonly string[]): void
  opened(connection: ConnectionReport): void
  /** With the credit as it was at the end. */
  closed(connection: ConnectionReport): void
  /** At most once a second. */
  credit(changed: readonly ConnectionReport[], all: readonly ConnectionReport[]): void
  /** The ledger of the other end of a connection that stalls, beside ours. */
  ledger(report: LedgerReport): void
  stopping(): void
}
