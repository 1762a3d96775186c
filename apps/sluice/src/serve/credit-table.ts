import type { styleText } from 'node:util'
import type { AccountSnapshot } from '@sluice/credit'
import type { ConnectionReport } from './connection-report.ts'

/** Adds colour, or nothing where there is none. */
export type Paint = (format: Parameters<typeof styleText>[0], text: string) => string

const COLUMNS = ['limit', 'opened', 'retired', 'live', 'available', 'waiting'] as const
const WIDTH = 9

/** A share of the limit below which what is left is worth a warning. */
const SCARCE = 0.1

/** Streams that HTTP/3 needs for itself and keeps: a live CONNECT stream on every session is no leak. */
const FOOTNOTE = 'live counts the CONNECT stream of a session too'

/**
 * The stream credit of connections as lines of text: a row for each account of bidirectional streams that QUIC keeps,
 * and below them what the connection suffers from, if anything. libp2p uses no unidirectional streams.
 */
export function creditTable(connections: readonly ConnectionReport[], paint: Paint): string[] {
  if (connections.length === 0) return [paint('dim', 'no connections')]
  const titles = COLUMNS.map((column) => column.padStart(WIDTH)).join(' ')
  const heading = paint('dim', `${'connection'.padEnd(24)} ${'streams'.padEnd(12)}${titles}`)
  return [heading, ...connections.flatMap((connection) => rows(connection, paint)), paint('dim', FOOTNOTE)]
}

function rows({ peer, direction, credit, verdict }: ConnectionReport, paint: Paint): string[] {
  const name = `${shortPeer(peer)} ${direction}`.padEnd(24)
  if (credit === null) return [`${name} ${paint('dim', 'no credit is known')}`]
  const accounts = credit.accounts.filter(({ layer, kind }) => layer === 'quic' && kind === 'bidi')
  const lines = accounts.map((account, index) => {
    const label = (account.opener === 'us' ? 'ours' : 'theirs').padEnd(12)
    return `${index === 0 ? name : ' '.repeat(24)} ${label}${cells(account, paint)}`
  })
  if (verdict === null) return lines
  return [...lines, paint(verdict.harmless ? 'dim' : 'red', `  ${verdict.code}: ${verdict.summary}`)]
}

function cells(account: AccountSnapshot, paint: Paint): string {
  return COLUMNS.map((column) => {
    const value = account[column]
    const text = (value === null ? '?' : String(value)).padStart(WIDTH)
    if (column === 'available') return paint(colourOf(account), text)
    if (column === 'waiting' && account.waiting > 0) return paint('red', text)
    return column === 'live' && account.live > 0 ? paint('bold', text) : text
  }).join(' ')
}

function colourOf({ available, limit }: AccountSnapshot): 'red' | 'yellow' | 'green' | 'dim' {
  if (available === null || limit === null) return 'dim'
  if (available === 0) return limit === 0 ? 'dim' : 'red'
  return available < limit * SCARCE ? 'yellow' : 'green'
}

/** A peer id that can be told from others at a glance. */
export function shortPeer(peer: string): string {
  return peer.length <= 14 ? peer : `${peer.slice(0, 6)}…${peer.slice(-6)}`
}
