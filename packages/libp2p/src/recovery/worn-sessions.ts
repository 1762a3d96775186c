import type { Session } from '@sluice/webtransport'
import { weighDown } from './ballast.ts'
import type { RenewableSession } from './renewable-session.ts'
import { sessionsAhead } from './sessions-ahead.ts'

/**
 * What it takes where streams of the peer cost credit for good, so that sessions are soon used up: fresh ones stand ready,
 * and the peer is led over to each. Most pages never need it, so it is loaded when the first does.
 */
export class WornSessions {
  /** The next fresh session. */
  readonly next: () => Promise<Session>
  /** Those that were replaced and are not over yet. */
  readonly #old = new Set<Session>()
  #endBallast: (() => void) | undefined

  constructor(connection: RenewableSession, dial: () => Promise<Session>) {
    this.next = sessionsAhead(connection, dial)
  }

  /** A fresh session has taken the place of an old one, on which the peer would soon have no credit left. */
  replaced(old: Session, fresh: Session): void {
    this.#endBallast?.()
    this.#endBallast = weighDown(fresh)
    this.#old.add(old)
    old.closed.then(() => {
      this.#old.delete(old)
      if (this.#old.size === 0) this.#endBallast?.()
    })
  }
}
