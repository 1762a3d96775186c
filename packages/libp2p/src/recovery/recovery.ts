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
export const ROTATION_TIMEOUT: Millis = 10_000

const UNBOUNDED = Number.POSITIVE_INFINITY

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
}

/**
 * Keeps one connection from standing still: does what the ladder decides. The end that dialled can rotate
 * (`DiallerRecovery`); the other asks it to (`ListenerRecovery`).
 */
export abstract class ConnectionRecovery {
  /** Whether this end dialled, and so can dial again. */
  abstract readonly dials: boolean
  protected readonly context: RecoveryContext
  readonly #ladder: RecoveryLadder
  readonly #wake = new Timer(() => this.#onWake())
  readonly #over = new AbortController()
  /** Who waits for the outcome of the next attempt. */
  readonly #requests: ((renewed: boolean) => void)[] = []
  #streams: RecoverableStreams | undefined
  /** Bytes that were sent on the current session. */
  #sent = 0
  /** The ladder knows that the current session is worn. */
  #worn = false

  constructor(context: RecoveryContext) {
    const { session, options } = context
    this.context = context
    this.#ladder = new RecoveryLadder(options)
    session.onOpened = () => this.#checkWear()
    session.onUnreleased = () => this.#checkWear()
    session.onVerdict((verdict) => this.#tell({ type: 'verdict', verdict }))
    session.onLost = () => {
      this.#streams?.endLost()
      // What serves again may be what was replaced because it was worn.
      this.#checkWear()
    }
    session.closed.then(() => this.#end())
  }

  /** The streams that are opened and accepted on the session. */
  attach(streams: RecoverableStreams): void {
    this.#streams = streams
  }

  /** How else than by DRAIN, which a browser does not hear, the peer can be asked for a fresh session. */
  abstract askBy(ask: () => Promise<void>): void
  /** Has a fresh session come about. */
  protected abstract rotate(reason: RotationReason): void
  /** Nothing helped. */
  protected abstract giveUp(error: StalledConnectionError): void

  /** Aborted when the connection is over. */
  protected get over(): AbortSignal {
    return this.#over.signal
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
    if (this.over.aborted) return Promise.resolve(false)
    return new Promise((resolve) => {
      this.#requests.push(resolve)
      this.asked()
    })
  }

  protected asked(): void {
    this.#tell({ type: 'asked' })
  }

  /** Logs and counts a step. @param why default: what the session suffers from */
  protected took(step: string, why: unknown = this.context.session.verdict?.summary): void {
    this.context.log('%s: %s', step, why)
    this.context.metrics?.increment({ [step]: true })
  }

  /** A fresh session stands. @param event how it came about */
  protected renewed(fresh: Session, event: string): void {
    this.context.session.renew(fresh)
    this.#sent = 0
    this.#worn = false
    this.took(event, 'a fresh session is in place')
    this.#tell({ type: 'rotated' })
    this.#settle(true)
  }

  /** No fresh session could be had. */
  protected failed(): void {
    this.#tell({ type: 'rotation-failed' })
    this.#settle(false)
  }

  #onWake(): void {
    const { verdict } = this.context.session
    if (verdict !== null) this.#tell({ type: 'verdict', verdict })
    this.#tell({ type: 'woken' })
  }

  #checkWear(): void {
    const { session, options } = this.context
    const bound = options.rotateAfter ?? session.profile.strategy.rotateAfter
    if (bound === undefined || this.#worn) return
    const { streams = UNBOUNDED, bytes = UNBOUNDED, unreleased = UNBOUNDED } = bound
    if (session.opened < streams && this.#sent < bytes && session.unreleased < unreleased) return
    this.#worn = true
    this.#tell({ type: 'worn' })
  }

  #tell(input: LadderInput): void {
    if (this.over.aborted) return
    for (const effect of this.#ladder.take(input, performance.now())) this.#act(effect)
    const { wakeAt } = this.#ladder
    if (wakeAt === undefined) this.#wake.disarm()
    else this.#wake.arm(Math.max(SHORTEST_LOOK, wakeAt - performance.now()))
  }

  #act(effect: LadderEffect): void {
    const { session } = this.context
    switch (effect.type) {
      case 'reclaim': {
        const reclaimed = this.#streams?.reclaim(effect.idleFor) ?? 0
        this.took('reclaim', `${reclaimed} forgotten streams`)
        return
      }
      case 'nudge':
        this.took('nudge')
        session.nudge()
        return
      case 'rotate':
        this.took(`rotate_${effect.reason}`)
        this.rotate(effect.reason)
        return
      case 'close':
        this.giveUp(new StalledConnectionError(effect.verdict, effect.rotations))
        return
    }
  }

  #settle(renewed: boolean): void {
    for (const resolve of this.#requests.splice(0)) resolve(renewed)
  }

  #end(): void {
    this.#wake.disarm()
    this.#over.abort(new RotationRefusedError('the connection is over'))
    this.#settle(false)
  }
}
