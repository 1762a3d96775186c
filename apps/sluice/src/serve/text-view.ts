import type { ConnectionReport } from './connection-report.ts'
import { creditTable, type Paint, shortPeer } from './credit-table.ts'
import type { LedgerReport } from './ledger-report.ts'
import type { Listening, View } from './view.ts'

/** Prints the addresses, a line for what happens, and the table of each connection whose credit changed. */
export function textView(out: (text: string) => void, log: (text: string) => void): View {
  const plain: Paint = (_format, text) => text
  return {
    listening: (node) => out(banner(node, plain)),
    readdressed: (addresses) =>
      out(['the addresses are now', ...addresses.map((address) => `  ${address}`), ''].join('\n')),
    opened: (connection) => log(`${openedLine(connection)}\n`),
    closed: (connection) => log(`${closedLine(connection)}\n`),
    credit(changed) {
      if (changed.length > 0) out(`${creditTable(changed, plain).join('\n')}\n`)
    },
    ledger: (report) => log(`${ledgerLine(report)}\n`),
    stopping: () => log('stopping\n'),
  }
}

export function banner({ peerId, addresses, page }: Listening, paint: Paint): string {
  return [
    `${paint('bold', 'sluice')} serves ${peerId}`,
    '',
    ...addresses.map((address) => `  ${address}`),
    '',
    page === null ? 'no page is served' : `open ${paint('underline', page)} in a browser`,
    '',
    '',
  ].join('\n')
}

export function openedLine({ peer, direction, address }: ConnectionReport): string {
  return `${shortPeer(peer)} connected, ${direction}: ${address}`
}

export function ledgerLine({ peer, matchedBy, onlyOurs, onlyTheirs, accounts }: LedgerReport): string {
  if (matchedBy === 'id') {
    return `${shortPeer(peer)} and we differ on ${onlyOurs.length} streams alive only here, ${onlyTheirs.length} only there`
  }
  const surplus = accounts.reduce((sum, account) => sum + (account.surplus ?? 0), 0)
  return `${shortPeer(peer)} hides its stream ids; here ${Math.abs(surplus)} streams ${surplus < 0 ? 'fewer' : 'more'} are alive than there`
}

export function closedLine({ peer, credit }: ConnectionReport): string {
  const counts = credit?.accounts.filter(({ layer, kind }) => layer === 'quic' && kind === 'bidi') ?? []
  const summary = counts.map(
    ({ opener, opened, retired }) =>
      `${retired} of ${opened} ${opener === 'us' ? 'of our' : 'of their'} streams retired`,
  )
  return `${shortPeer(peer)} gone${summary.length === 0 ? '' : `: ${summary.join('; ')}`}`
}
