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

function figuresOf({ streams, credit, unreleased, held = [] }: ConnectionReport): Figures {
  return {
    streams,
    ...(unreleased === undefined ? {} : { unreleased }),
    ...(credit === undefined ? {} : creditFigures(credit)),
    open: held.filter(({ closedAt }) => closedAt === null),
  }
}

/**
 * Streams that are alive and should not be: all of the session layer; at the QUIC layer what HTTP/3 needs may stay while
 * the session stands. A page has one count for both, without those of HTTP/3; and what its browser keeps for good is
 * not ours to get rid of.
 */
function leaked({ status, credit, unreleased = 0 }: ConnectionReport): number {
  if (credit === undefined) return 0
  const spared = ({ layer, kind }: AccountSnapshot): number => {
    if (!credit.exact) return 0
    if (layer === 'session' || status !== 'open') return 0
    return kind === 'bidi' ? 1 : Number.POSITIVE_INFINITY
  }
  const surplus = credit.accounts.map((account) => Math.max(0, account.live - spared(account)))
  return surplus.reduce((sum, live) => sum + live, 0) - unreleased
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
    const figures = Object.fromEntries(reports.map((report, index) => [`${index} ${report.status}`, figuresOf(report)]))
    if (left === 0) return figures
    demand(performance.now() < deadline, `${left} streams stay alive at ${peer.name}`, figures)
    await delay(lookEvery)
  }
}
