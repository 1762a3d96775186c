import type { Connection } from '@libp2p/interface'
import type { CreditSnapshot } from '@sluice/credit'
import type { Session } from '@sluice/webtransport'
import type { ConnectionRecovery } from './recovery/recovery.ts'

/**
 * js-libp2p hides the transport's connection behind its own `Connection`, but hands on one object of it as it is, the
 * timeline; so that is the key.
 */
const sessions = new WeakMap<Connection['timeline'], Session>()

const recoveries = new WeakMap<Connection['timeline'], ConnectionRecovery>()

export function rememberSession(timeline: Connection['timeline'], session: Session): void {
  sessions.set(timeline, session)
}

export function rememberRecovery(timeline: Connection['timeline'], recovery: ConnectionRecovery): void {
  recoveries.set(timeline, recovery)
}

/** What keeps a libp2p connection from standing still; undefined when it is not this transport's, or recovery is off. */
export function connectionRecovery(connection: Pick<Connection, 'timeline'>): ConnectionRecovery | undefined {
  return recoveries.get(connection.timeline)
}

/**
 * Puts a fresh session under a libp2p connection, as recovery does by itself when streams stall: the end that dialled
 * dials again, the other asks it to. Says whether a fresh session stands; never rejects. False: there was none to be
 * had, the connection is over or not one of this transport's, or its recovery is off.
 */
export async function renewWebTransportSession(connection: Pick<Connection, 'timeline'>): Promise<boolean> {
  return (await connectionRecovery(connection)?.requestRotation()) ?? false
}

/** The WebTransport session under a libp2p connection; undefined when it is not one of this transport's. */
export function webTransportSession(connection: Pick<Connection, 'timeline'>): Session | undefined {
  return sessions.get(connection.timeline)
}

/**
 * The stream credit of a libp2p connection, now: exact on Node, our own count in a browser. Undefined when the
 * connection is not one of this transport's.
 */
export function webTransportCredit(connection: Pick<Connection, 'timeline'>): CreditSnapshot | undefined {
  return webTransportSession(connection)?.credit
}
