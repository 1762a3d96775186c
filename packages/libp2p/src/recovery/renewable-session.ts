import {
  type CreditSnapshot,
  type LiveStream,
  type Millis,
  SluiceError,
  type StackProfile,
  type Verdict,
} from '@sluice/credit'
import type {
  OpenStreamOptions,
  OtherCounts,
  Session,
  SessionCloseInfo,
  SessionEnd,
  SessionStream,
} from '@sluice/webtransport'
import { SessionReplacedError } from '../errors.ts'
import { RetiredSession, type RetirementOptions } from './retired-session.ts'

/** Longest wait of an open for credit where the caller sets none. */
const DEFAULT_DEADLINE: Millis = 10_000

/** The code of the errors with which sessions of both kinds, ours and the browser's, say that they are over. */
const SESSION_CLOSED = 'ERR_SESSION_CLOSED'

/** Sessions that are alive under one connection at most; the oldest goes when there would be more. */
const MAX_SESSIONS = 8

/**
 * One session to those above, which can be replaced by a fresh one underneath: new streams go to the fresh one, streams
 * in flight end where they are. It is over when the last of its sessions is.
 */
export class RenewableSession implements Session {
  /** A session under this one is over and others stand: streams that were on it are lost. */
  onLost: (() => void) | undefined
  /** A stream was opened by this end. */
  onOpened: (() => void) | undefined
  /** The peer asks that this one be replaced. */
  onDraining: (() => void) | undefined
  onIdle: (() => void) | undefined
  onUnreleased: (() => void) | undefined
  readonly #options: RetirementOptions
  readonly #closed = Promise.withResolvers<SessionEnd>()
  /** Those that were replaced and still have streams, oldest first. */
  readonly #retired = new Map<Session, RetiredSession>()
  readonly #listeners = new Set<(verdict: Verdict) => void>()
  #current: Session
  #endVerdicts: (() => void) | undefined
  #suspect = false
  #onStream: Session['onStream']
  #opened = 0
  #agentVersion: string | undefined
  #closing = false
  #released = false

  constructor(session: Session, options: RetirementOptions) {
    this.#options = options
    this.#current = session
    this.#adopt(session)
    this.#judge(session)
  }

  /** The session on which streams are opened now. */
  get current(): Session {
    return this.#current
  }

  /** Streams that we opened on the current session. */
  get opened(): number {
    return this.#opened
  }

  get unreleased(): number {
    return this.#current.unreleased
  }

  get profile(): StackProfile {
    return this.#current.profile
  }

  get closed(): Promise<SessionEnd> {
    return this.#closed.promise
  }

  get draining(): Promise<void> {
    return this.#current.draining
  }

  get credit(): CreditSnapshot {
    return this.#current.credit
  }

  get verdict(): Verdict | null {
    return this.#current.verdict
  }

  onVerdict(listener: (verdict: Verdict) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  get onStream(): Session['onStream'] {
    return this.#onStream
  }

  set onStream(taker: Session['onStream']) {
    this.#onStream = taker
    for (const session of this.#all()) session.onStream = taker
  }

  liveStreams(max?: number): readonly LiveStream[] {
    return this.#current.liveStreams(max)
  }

  now(): Millis {
    return this.#current.now()
  }

  hear(counts: OtherCounts): void {
    this.#current.hear(counts)
  }

  learn(agentVersion: string): void {
    this.#agentVersion = agentVersion
    for (const session of this.#all()) session.learn(agentVersion)
  }

  failWaiting(reason: Error): void {
    this.#current.failWaiting(reason)
  }

  nudge(): void {
    this.#current.nudge()
  }

  drain(): void {
    this.#current.drain()
  }

  /**
   * What waits when the session is replaced goes on waiting at the fresh one, for the rest of its time; and at the one that
   * takes its place when the session is lost. Nothing of it was sent yet.
   */
  async openStream(options: OpenStreamOptions = {}): Promise<SessionStream> {
    const { deadline = DEFAULT_DEADLINE } = options
    const session = this.#current
    const begun = session.now()
    try {
      const stream = await session.openStream(options)
      if (session === this.#current) {
        this.#opened += 1
        this.onOpened?.()
      }
      return stream
    } catch (error) {
      if (!(error instanceof SessionReplacedError) && !(await this.#outlived(session, error))) throw error
      const left = Math.max(0, deadline - (session.now() - begun))
      return await this.openStream({ ...options, deadline: left })
    }
  }

  /** Replaces the session. The fresh one must be proven to be with the same peer. */
  renew(fresh: Session): void {
    if (this.#closing) {
      fresh.close()
      return
    }
    const old = this.#current
    this.#current = fresh
    this.#opened = 0
    this.#adopt(fresh)
    this.#judge(fresh)
    this.#retired.set(old, new RetiredSession(old, this.#options))
    old.failWaiting(new SessionReplacedError())
    const [oldest] = this.#retired.values()
    if (this.#retired.size >= MAX_SESSIONS) oldest?.close()
  }

  close(info?: SessionCloseInfo): void {
    this.#closing = true
    for (const session of this.#all()) session.close(info)
  }

  abort(code: number, reason: string): void {
    this.#closing = true
    for (const session of this.#all()) session.abort(code, reason)
  }

  /** Lets go of its session, which belongs to somebody else from now on; this one is over. */
  release(): Session {
    this.#released = true
    this.#endVerdicts?.()
    this.#current.onStream = undefined
    this.#current.onIdle = undefined
    this.#current.onUnreleased = undefined
    this.#closed.resolve({ kind: 'clean', remote: false, closeCode: 0, reason: '' })
    return this.#current
  }

  /** Whether an open failed only because this session is over, and another stands in its place. */
  async #outlived(session: Session, error: unknown): Promise<boolean> {
    if (this.#closing || !(error instanceof SluiceError) || error.code !== SESSION_CLOSED) return false
    // Opens may fail before the end of their session is told.
    if (session === this.#current) await session.closed
    return session !== this.#current
  }

  #all(): readonly Session[] {
    return [...this.#retired.keys(), this.#current]
  }

  #adopt(session: Session): void {
    if (this.#agentVersion !== undefined) session.learn(this.#agentVersion)
    session.onStream = this.#onStream
    session.onIdle = () => {
      this.#retired.get(session)?.idle()
      if (session === this.#current) this.onIdle?.()
    }
    session.onUnreleased = () => {
      if (session === this.#current) this.onUnreleased?.()
    }
    session.draining.then(() => {
      if (session === this.#current && !this.#released) this.onDraining?.()
    })
    session.closed.then((end) => {
      if (!this.#released) this.#ended(session, end)
    })
  }

  /** Hears what this session suffers from, and of no other any more. */
  #judge(session: Session): void {
    this.#endVerdicts?.()
    this.#endVerdicts = session.onVerdict((verdict) => this.#judged(verdict))
    // What the last one suffered from is over.
    if (this.#suspect && session.verdict !== null) this.#judged(session.verdict)
  }

  #judged(verdict: Verdict): void {
    this.#suspect = verdict.code !== 'healthy'
    for (const listener of this.#listeners) listener(verdict)
  }

  #ended(session: Session, end: SessionEnd): void {
    this.#retired.get(session)?.end()
    this.#retired.delete(session)
    if (session === this.#current) {
      const last = [...this.#retired.keys()].at(-1)
      if (last === undefined) {
        this.#closed.resolve(end)
        return
      }
      // Better the one that stalled than none.
      this.#retired.get(last)?.end()
      this.#retired.delete(last)
      this.#current = last
      this.#judge(last)
    }
    if (!this.#closing) this.onLost?.()
  }
}
