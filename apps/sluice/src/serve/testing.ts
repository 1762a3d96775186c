import { CreditAccount, type Verdict } from '@sluice/credit'
import type { ConnectionReport } from './connection-report.ts'

/** A connection to `peer` on which the peer has opened some streams and we none. */
export function connectionReport(peer: string, opened = 0, retired = 0): ConnectionReport {
  const ours = new CreditAccount({ layer: 'quic', kind: 'bidi', opener: 'us' }, 100)
  const theirs = new CreditAccount({ layer: 'quic', kind: 'bidi', opener: 'them' }, 100)
  for (let index = 0; index < opened; index += 1) theirs.open()
  for (let index = 0; index < retired; index += 1) theirs.retire()
  return {
    connection: `connection-${peer}`,
    peer,
    address: '/ip4/127.0.0.1/udp/1/quic-v1/webtransport',
    direction: 'inbound',
    credit: { exact: true, accounts: [ours.snapshot(), theirs.snapshot()] },
    verdict: null,
  }
}

export const sessionGone: Verdict = {
  code: 'session-gone',
  harmless: false,
  proof: null,
  summary: 'the session is over',
}
