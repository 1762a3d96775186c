import type { Connection } from '@libp2p/interface'
import type { CreditSnapshot } from '@sluice/credit'
import type { Session } from '@sluice/webtransport'

/**
 * js-libp2p hides the transport's connection behind its own `Connection`, but hands on one object of it as it is, the
 * timeline; so that is the key.
 */
const sessions = new WeakMap<Connection['timeline'], Session>()

export function rememberSession(timeline: Connection['timeline'], session: Session): void {
  sessions.set(timeline, session)
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
