import { setTimeout as delay } from 'node:timers/promises'
import type { AccountSnapshot, CreditSnapshot } from '@sluice/credit'
import type { ConnectionReport } from '../peers/commands.ts'
import type { Peer } from '../peers/peer.ts'
import { demand, type Figures } from './check.ts'

const settleWithin = 15_000
const lookEvery = 50

/** An account in short: opened/retired, and what is alive. */
function summary({ limit, opened, retired, live }: AccountSnapshot): Figures {
  return { limit, opened, retired, live }
}

export function creditFigures(credit: CreditSnapshot): Figures {
  return Object.fromEntries(
    credit.accounts
      .filter(({ opened }) => opened > 0)
      .map((account) => [`${account.layer} ${account.kind} by ${account.opener}`, summary(account)]),
  )
}

/** Streams that are alive and should not be: all of the session layer; at the QUIC layer what HTTP/3 needs may stay while the session stands. */
function leaked({ status, credit }: ConnectionReport): number {
  if (credit === undefined) return 0
  const over = credit.accounts.filter(({ layer }) => layer === 'session' || status !== 'open' || !credit.exact)
  const surplus = credit.accounts
    .filter(({ layer, kind, live }) => layer === 'quic' && kind === 'bidi' && status === 'open' && live > 1)
    .map(({ live }) => live - 1)
  return over.reduce((sum, { live }) => sum + live, 0) + surplus.reduce((sum, live) => sum + live, 0)
}

function alive(reports: readonly ConnectionReport[]): number {
  return reports.reduce((sum, report) => sum + leaked(report) + report.streams, 0)
}

/** Streams that are alive now on any connection of a peer of ours and should not be once all is done. */
export async function aliveAt(peer: Peer): Promise<number> {
  return alive(await peer.request('connections', {}))
}

/**
 * Waits until no stream is alive on any connection of a peer of ours, ended ones included, and says what was counted.
 *
 * @throws CheckFailedError with the accounts when some stay alive
 */
export async function settled(peer: Peer): Promise<Figures> {
  const deadline = performance.now() + settleWithin
  for (;;) {
    const reports = await peer.request('connections', {})
    const left = alive(reports)
    const figures = Object.fromEntries(
      reports.map(({ status, streams, credit }, index) => [
        `${index} ${status}`,
        { streams, ...(credit === undefined ? {} : creditFigures(credit)) },
      ]),
    )
    if (left === 0) return figures
    demand(performance.now() < deadline, `${left} streams stay alive at ${peer.name}`, figures)
    await delay(lookEvery)
  }
}
