import type { Millis } from '@sluice/credit'
import type { Session } from '@sluice/webtransport'
import { HANDSHAKE_TYPE } from '../address.ts'
import { Timer } from '../timer.ts'
import { liveDataStreams } from './live.ts'

/**
 * How long a session that was replaced must have been idle before it is closed. What is acknowledged at this end may
 * wait unread at the other, and a stream may be on its way.
 */
const LINGER: Millis = 5_000

/**
 * The same where credit was lost, from the end of the last stream that is kept: the peer was led away, and what it tries to
 * open here all the same may wait in vain.
 */
const WORN_LINGER: Millis = 1_000

/** The same for a session on which streams of the peer never came to light: it waits for them to fail. */
const SHORT_LINGER: Millis = 250

/** The end that does not close what is idle gives the other so much longer. */
const PATIENCE: Millis = 10_000

export interface RetirementOptions {
  /** How long streams in flight keep a session that was replaced, at most. */
  readonly drainTime: Millis
  /** Whether this end closes a replaced session once it is idle: the one that dialled it does. */
  readonly closesIdle: boolean
}

/** A session that was replaced: closed once its streams have ended, or after a bound. */
export class RetiredSession {
  readonly #session: Session
  readonly #closesIdle: boolean
  /** How long it is idle at most before it is closed. */
  readonly #lingers: Millis
  readonly #linger = new Timer(() => (this.#idle ? this.close() : this.idle()))
  readonly #bound = new Timer(() => this.close())

  constructor(session: Session, { drainTime, closesIdle }: RetirementOptions) {
    this.#session = session
    this.#closesIdle = closesIdle
    this.#lingers = Math.min(session.verdict?.code === 'not-delivered' ? SHORT_LINGER : LINGER, drainTime)
    this.#bound.arm(closesIdle ? drainTime : drainTime + PATIENCE)
    this.idle()
  }

  /** Its last stream has ended, perhaps. */
  idle(): void {
    if (this.#closesIdle) this.#linger.arm(this.#worn ? Math.min(this.#lingers, WORN_LINGER) : this.#lingers)
  }

  close(): void {
    this.end()
    this.#session.close()
  }

  /** It is over, or in use again. */
  end(): void {
    this.#linger.disarm()
    this.#bound.disarm()
  }

  get #worn(): boolean {
    return this.#session.unreleased > 0
  }

  get #idle(): boolean {
    if (!this.#worn) return liveDataStreams(this.#session.credit) === 0
    const quietSince = this.#session.now() - WORN_LINGER
    // Who has opened streams has read all of Noise; go-libp2p never ends its half of that.
    return this.#session
      .liveStreams(Number.POSITIVE_INFINITY)
      .every(
        ({ owner, closedAt, send }) =>
          owner === HANDSHAKE_TYPE || (closedAt !== null && closedAt <= quietSince && send !== 'finished'),
      )
  }
}
