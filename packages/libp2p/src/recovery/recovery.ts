import type { CounterGroup, Logger } from '@libp2p/interface'
import {
  type LadderEffect,
  type LadderInput,
  type LadderLimits,
  type Millis,
  RecoveryLadder,
  type RotationBound,
  type RotationReason,
} from '@sluice/credit'
import type { Session } from '@sluice/webtransport'
import { RotationRefusedError, StalledConnectionError } from '../errors.ts'
import { Timer } from '../timer.ts'
import type { RenewableSession } from './renewable-session.ts'

/** Shortest time from one look at a connection to the next. */
const SHORTEST_LOOK: Millis = 50

/** Longest time for a fresh session, Noise included; and for a peer that was asked to come up with one. */
const ROTATION_TIMEOUT: Millis = 10_000

const UNBOUNDED = Number.POSITIVE_INFINITY

/** Shortest time between two sessions that a peer brings; its own ladder waits four times as long. */
const SHORTEST_ADOPTION: Millis = 250

/** What recovery may be told. */
export interface RecoveryOptions extends Partial<LadderLimits> {
  /** How long streams in flight keep a session that was replaced, in milliseconds; default 120,000. */
  readonly drainTime?: Millis
  /**
   * Replaces a session on which we opened so many streams or sent so many bytes, or that keeps so many streams of the
   * peer for good. Default: what the profile says, which is to be ahead of a known fault.
   */
  readonly rotateAfter?: RotationBound
}

export const DEFAULT_DRAIN_TIME: Millis = 120_000

/** What the connection's streams can be asked for. */
export interface RecoverableStreams {
  /** Ends the streams whose session is over. */
  endLost(): void
  /** Ends streams whose peer is done and on which nothing was sent for so long; says how many. */
  reclaim(idleFor: Millis): number
}

export interface RecoveryContext {
  readonly session: RenewableSession
  readonly options: RecoveryOptions
  readonly log: Logger
  readonly metrics: CounterGroup | undefined
  /** Dials a fresh session to the same peer and proves that it is the same. Absent: only the other end can dial. */
  readonly dial?: (signal: AbortSignal) => Promise<Session>
  /** Gives the connection up. */
  readonly abort: (error: Error) => void
}

/**
 * Keeps one connection from standing still: does what the ladder decides. The end that dialled can rotate; the other
 * asks it to.
 */
export class ConnectionRecovery {
  readonly #context: RecoveryContext
  readonly #ladder: RecoveryLadder
  readonly #wake = new Timer(() => this.#onWake())
  readonly #asked = new Timer(() => this.#failed())
  readonly #over = new AbortController()
  /** Who waits for the outcome of the next attempt. */
  readonly #requests: ((renewed: boolean) => void)[] = []
  #streams: RecoverableStreams | undefined
  #askPeer: (() => Promise<void>) | undefined
  /** Bytes that were sent on the current session. */
  #sent = 0
  /** The session of which was said that it is worn. */
  #worn: Session | undefined
  #lastAdoption: Millis = Number.NEGATIVE_INFINITY

  constructor(context: RecoveryContext) {
    const { session, options } = context
    this.#context = context
    this.#ladder = new RecoveryLadder(options)
    session.onOpened = () => this.#checkWear()
    session.onUnreleased = () => this.#checkWear()
    session.onVerdict((verdict) => this.#tell({ type: 'verdict', verdict }))
    session.onLost = () => this.#streams?.endLost()
    session.onDraining = () => {
      if (context.dial !== undefined) this.#tell({ type: 'asked' })
    }
    session.closed.then(() => this.#end())
  }

  /** The streams that are opened and accepted on the session. */
  attach(streams: RecoverableStreams): void {
    this.#streams = streams
  }

  /** Whether this end dialled, and so can dial again. */
  get dials(): boolean {
    return this.#context.dial !== undefined
  }

  /** How else than by DRAIN, which a browser does not hear, the peer is asked for a fresh session. */
  askBy(ask: () => Promise<void>): void {
    this.#askPeer = ask
  }

  /** Bytes were sent. */
  sent(bytes: number): void {
    this.#sent += bytes
    this.#checkWear()
  }

  /**
   * Somebody wants a fresh session: an end that cannot dial asks the other. Says whether the next attempt, which may
   * have to wait for the back-off, brought one.
   */
  requestRotation(): Promise<boolean> {
    if (this.#over.signal.aborted) return Promise.resolve(false)
    return new Promise((resolve) => {
      this.#requests.push(resolve)
      this.#tell({ type: 'asked' })
    })
  }

  /** Whether the peer may bring a fresh session now. */
  get mayAdopt(): boolean {
    return !this.#over.signal.aborted && performance.now() - this.#lastAdoption >= SHORTEST_ADOPTION
  }

  /** The peer dialled a fresh session for this connection, and proved who it is. */
  adopt(fresh: Session): void {
    this.#lastAdoption = performance.now()
    this.#asked.disarm()
    this.#renewed(fresh, 'adopted')
  }

  #onWake(): void {
    const { verdict } = this.#context.session
    if (verdict !== null) this.#tell({ type: 'verdict', verdict })
    this.#tell({ type: 'woken' })
  }

  #checkWear(): void {
    const { session, options } = this.#context
    const bound = options.rotateAfter ?? session.profile.strategy.rotateAfter
    if (bound === undefined || session.current === this.#worn) return
    const { streams = UNBOUNDED, bytes = UNBOUNDED, unreleased = UNBOUNDED } = bound
    if (session.opened < streams && this.#sent < bytes && session.unreleased < unreleased) return
    this.#worn = session.current
    this.#tell({ type: 'worn' })
  }

  #tell(input: LadderInput): void {
    if (this.#over.signal.aborted) return
    for (const effect of this.#ladder.take(input, performance.now())) this.#act(effect)
    const { wakeAt } = this.#ladder
    if (wakeAt === undefined) this.#wake.disarm()
    else this.#wake.arm(Math.max(SHORTEST_LOOK, wakeAt - performance.now()))
  }

  #act(effect: LadderEffect): void {
    const { session, log, metrics } = this.#context
    switch (effect.type) {
      case 'reclaim': {
        const reclaimed = this.#streams?.reclaim(effect.idleFor) ?? 0
        log('reclaimed %d forgotten streams', reclaimed)
        metrics?.increment({ reclaim: true })
        return
      }
      case 'nudge':
        log('nudged the peer: %s', session.verdict?.summary)
        metrics?.increment({ nudge: true })
        session.nudge()
        return
      case 'rotate':
        log('wants a fresh session (%s): %s', effect.reason, session.verdict?.summary)
        metrics?.increment({ [`rotate_${effect.reason}`]: true })
        void this.#rotate(effect.reason)
        return
      case 'close':
        // An end that cannot dial would cut off the streams that the peer can still open.
        if (this.#context.dial === undefined) return
        log.error('gave the connection up after %d rotations: %s', effect.rotations, effect.verdict.summary)
        metrics?.increment({ close: true })
        this.#context.abort(new StalledConnectionError(effect.verdict, effect.rotations))
        return
    }
  }

  async #rotate(reason: RotationReason): Promise<void> {
    const { dial, log, metrics } = this.#context
    if (dial === undefined) {
      this.#ask()
      return
    }
    try {
      const signal = AbortSignal.any([this.#over.signal, AbortSignal.timeout(ROTATION_TIMEOUT)])
      const fresh = await dial(signal)
      if (this.#over.signal.aborted) fresh.close()
      else this.#renewed(fresh, `rotated_${reason}`)
    } catch (error) {
      log.error('no fresh session - %e', error)
      metrics?.increment({ rotation_failed: true })
      this.#failed()
    }
  }

  #ask(): void {
    const { session, log } = this.#context
    this.#asked.arm(ROTATION_TIMEOUT)
    session.drain()
    this.#askPeer?.().catch((error) => log('the peer was asked for a fresh session in vain - %e', error))
  }

  #renewed(fresh: Session, event: string): void {
    const { session, log, metrics } = this.#context
    session.renew(fresh)
    this.#sent = 0
    log('a fresh session is in place (%s)', event)
    metrics?.increment({ [event]: true })
    this.#tell({ type: 'rotated' })
    this.#settle(true)
  }

  #failed(): void {
    this.#tell({ type: 'rotation-failed' })
    this.#settle(false)
  }

  #settle(renewed: boolean): void {
    for (const resolve of this.#requests.splice(0)) resolve(renewed)
  }

  #end(): void {
    this.#wake.disarm()
    this.#asked.disarm()
    this.#over.abort(new RotationRefusedError('the connection is over'))
    this.#settle(false)
  }
}
