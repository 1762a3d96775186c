import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Connection } from '@libp2p/interface'
import type { LedgerComparison } from '@sluice/libp2p'
import { type LedgerReport, ledgerReports } from './ledger-report.ts'
import { connectionReport, sessionGone } from './testing.ts'
import { ledgerLine } from './text-view.ts'

const end = { exact: true, accounts: [], live: 0, streams: [] }
const agreed: LedgerComparison = { ours: end, theirs: end, accounts: [], matchedBy: 'id', onlyOurs: [], onlyTheirs: [] }

/** What is told of a connection, and how often its peer was asked. */
async function told(
  answer: () => Promise<LedgerComparison | undefined>,
  verdict: typeof sessionGone | null = sessionGone,
): Promise<{ asked: number; reports: LedgerReport[] }> {
  const report = { ...connectionReport('a'), verdict }
  const reports: LedgerReport[] = []
  let asked = 0
  const compare = () => {
    asked += 1
    return answer()
  }
  /** Methods of a real one, too, are worth nothing without it. */
  class Node {
    readonly services = { ledger: { compare } }
    readonly #connections = [{ id: report.connection } as Connection]

    getConnections(): Connection[] {
      return this.#connections
    }
  }
  const tell = (found: LedgerReport) => reports.push(found)
  ledgerReports(new Node(), tell)(report)
  await new Promise(setImmediate)
  return { asked, reports }
}

describe('ledgerReports', () => {
  it('asks the other end of a connection that stalls, and tells what both say', async () => {
    const { reports } = await told(async () => agreed)
    assert.deepEqual(reports, [{ connection: 'connection-a', peer: 'a', ...agreed }])
  })

  it('asks nobody while nothing is wrong', async () => {
    assert.deepEqual(await told(async () => agreed, null), { asked: 0, reports: [] })
  })

  it('tells nothing of a peer that shows no ledger, or fails to', async () => {
    assert.deepEqual(await told(async () => undefined), { asked: 1, reports: [] })
    assert.deepEqual(await told(() => Promise.reject(new Error('later'))), { asked: 1, reports: [] })
  })

  it('is one line of text, by id or by count', () => {
    const report: LedgerReport = { connection: 'c', peer: 'a', ...agreed }
    assert.equal(ledgerLine(report), 'a and we differ on 0 streams alive only here, 0 only there')
    const counted = ledgerLine({ ...report, matchedBy: 'count' })
    assert.equal(counted, 'a hides its stream ids; here 0 streams more are alive than there')
  })
})
