import type { Millis } from '@sluice/credit'
import type { ConnectionReport } from './connection-report.ts'

export interface CreditWatchOptions {
  /** Every connection, now. */
  readonly reports: () => readonly ConnectionReport[]
  /** How often to look. */
  readonly every: Millis
  /** Called with the connections whose credit or verdict is not what it was, and with all of them. */
  readonly changed: (changed: readonly ConnectionReport[], all: readonly ConnectionReport[]) => void
}

export interface CreditWatch {
  /** Looks at once: something is known to have changed. */
  look(): void
  stop(): void
}

/** Looks at the credit of every connection now and then, and when it is told to, and tells what changed. */
export function watchCredit({ reports, every, changed }: CreditWatchOptions): CreditWatch {
  let known = new Map<string, string>()
  const look = (): void => {
    const all = reports()
    const now = new Map(all.map((report) => [report.connection, fingerprint(report)]))
    const different = all.filter((report) => known.get(report.connection) !== now.get(report.connection))
    const gone = [...known.keys()].some((connection) => !now.has(connection))
    known = now
    if (different.length > 0 || gone) changed(different, all)
  }
  look()
  const timer = setInterval(look, every)
  timer.unref()
  return { look, stop: () => clearInterval(timer) }
}

/** The numbers of a verdict that stands grow older with every look: only its code counts. */
function fingerprint({ credit, verdict }: ConnectionReport): string {
  return JSON.stringify([credit, verdict?.code])
}
