import type { CreditSnapshot, Millis, Verdict } from '@sluice/credit'
import type { LedgerComparison } from '@sluice/libp2p'
import type { PerfResult } from '../services/perf.ts'
import type { RunResult } from '../services/stream-run.ts'
import type { Plan } from './plan.ts'

/** What a page opened with `?auto` leaves in `window.sluice.report`: everything it measured, or why it could not. */
export type Report = FullReport | { readonly error: ReportedError }

export interface FullReport {
  readonly browser: string
  readonly node: { readonly peerId: string; readonly address: string }
  readonly page: { readonly peerId: string }
  readonly plan: Plan
  readonly dial: { readonly milliseconds: Millis }
  readonly ping: PingMeasurement
  readonly echo: EchoMeasurement
  readonly pageToNode: BothRuns
  readonly nodeToPage: BothRuns
  readonly perf: { readonly upload: PerfResult; readonly download: PerfResult }
  readonly credit: BothCredits
  /** Both ends' ledgers side by side, by the ledger protocol (docs/ledger-protocol.md); null when the node shows none. */
  readonly ledger: LedgerComparison | null
  readonly milliseconds: Millis
}

export interface ReportedError {
  readonly name: string
  readonly code: string | null
  readonly message: string
  /** What the page was doing. */
  readonly during: string
}

export interface PingMeasurement {
  readonly milliseconds: readonly Millis[]
  readonly best: Millis
  readonly median: Millis
}

export interface EchoMeasurement {
  readonly bytes: number
  readonly milliseconds: Millis
  /** SHA-256 of what was sent, in hex; what came back has the same, or the echo failed. */
  readonly sha256: string
}

export interface BothRuns {
  readonly sequential: RunResult
  readonly concurrent: RunResult
}

/** The credit of the connection as each end counts it, after everything. */
export interface BothCredits {
  /** What the streams suffer from, as either end says; null where it says nothing, or nothing is wrong. */
  readonly verdicts: { readonly page: Verdict | null; readonly node: Verdict | null }
  /** The page's own count; null before it is connected. */
  readonly page: CreditSnapshot | null
  /** The node's exact account; null while it has not been heard. */
  readonly node: CreditSnapshot | null
  /** True: at both ends no stream was alive any more when this was read. */
  readonly settled: boolean
}

/** Before there is a connection. */
export const NO_CREDITS: BothCredits = {
  page: null,
  node: null,
  verdicts: { page: null, node: null },
  settled: false,
}

/** An error as data: for a report, and for the eye. */
export function describeError(error: unknown, during: string): ReportedError {
  if (!(error instanceof Error)) return { name: 'Error', code: null, message: String(error), during }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null
  return { name: error.name, code, message: error.message, during }
}
