import {
  CreditAccount,
  type CreditSnapshot,
  type LiveStream,
  type Millis,
  NoStreamCreditError,
  type Opener,
  UNKNOWN,
  type Verdict,
} from '@sluice/credit'
import type { OpenStreamOptions, Session, SessionCloseInfo, SessionEnd, SessionStream } from '@sluice/webtransport'
import { SessionClosedError } from '../errors.ts'
import { memoryStreamPair } from './stream-pair.ts'

export interface SessionPairOptions {
  /** Streams that each side may have open at once; default 100. */
  readonly limit?: number
  /** Bytes a stream holds for its reader; default 65,536. */
  readonly window?: number
}

/** The two ends of a WebTransport session in memory, with stream credit and flow control as QUIC has them. For tests. */
export function sessionPair(options: SessionPairOptions = {}): [client: MemorySession, server: MemorySession] {
  const client = new MemorySession(options)
  const server = new MemorySession(options)
  client.peer = server
  server.peer = client
  return [client, server]
}

interface Waiter {
  readonly wake: () => void
  readonly fail: (reason: Error) => void
}

export class MemorySession implements Session {
  /** Tests set it by `suffer`. */
  verdict: Verdict | null = null
  readonly #listeners = new Set<(verdict: Verdict) => void>()
  hear(): void {}
  onIdle: (() => void) | undefined
  unreleased = 0
  onUnreleased: (() => void) | undefined
  /** What `liveStreams` says; tests set it. */
  live: readonly LiveStream[] = []
  readonly profile = UNKNOWN
  /** What the peer was said to call itself. */
  readonly learned: string[] = []
  /** How often the owner asked for a sign of life. */
  nudges = 0
  peer: MemorySession | undefined
  readonly #window: number
  readonly #limit: number
  readonly #ours: CreditAccount
  readonly #theirs: CreditAccount
  readonly #closed = Promise.withResolvers<SessionEnd>()
  readonly #held: SessionStream[] = []
  readonly #live = new Set<SessionStream>()
  readonly #draining = Promise.withResolvers<void>()
  readonly #waiting: Waiter[] = []
  #onStream: Session['onStream']
  #ended = false

  constructor(options: SessionPairOptions) {
    this.#window = options.window ?? 65_536
    this.#limit = options.limit ?? 100
    this.#ours = new CreditAccount({ layer: 'quic', kind: 'bidi', opener: 'us' }, this.#limit)
    this.#theirs = new CreditAccount({ layer: 'quic', kind: 'bidi', opener: 'them' }, this.#limit)
  }

  get closed(): Promise<SessionEnd> {
    return this.#closed.promise
  }

  onVerdict(listener: (verdict: Verdict) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** From now on this is what is wrong. */
  suffer(verdict: Verdict): void {
    this.verdict = verdict
    for (const listener of this.#listeners) listener(verdict)
  }

  get draining(): Promise<void> {
    return this.#draining.promise
  }

  liveStreams(): readonly LiveStream[] {
    return this.live
  }

  /** From now on so many streams of the peer are over and kept for good. */
  keep(unreleased: number): void {
    this.unreleased = unreleased
    this.onUnreleased?.()
  }

  learn(agentVersion: string): void {
    this.learned.push(agentVersion)
  }

  now(): Millis {
    return Date.now()
  }

  failWaiting(reason: Error): void {
    for (const { fail } of [...this.#waiting]) fail(reason)
  }

  nudge(): void {
    this.nudges += 1
  }

  drain(): void {
    setImmediate(() => this.peer?.askedToDrain())
  }

  askedToDrain(): void {
    this.#draining.resolve()
  }

  get credit(): CreditSnapshot {
    return { exact: true, accounts: [this.#ours.snapshot(), this.#theirs.snapshot()] }
  }

  get onStream(): Session['onStream'] {
    return this.#onStream
  }

  set onStream(listener: Session['onStream']) {
    this.#onStream = listener
    this.#handOn()
  }

  async openStream(options: OpenStreamOptions = {}): Promise<SessionStream> {
    options.signal?.throwIfAborted()
    while (!this.#ended && this.#ours.available === 0) await this.#credit(options)
    if (this.#ended || this.peer === undefined) throw new SessionClosedError('the session is over')
    const [near, far] = memoryStreamPair(this.#window, (opener) => this.#retire(opener))
    this.#ours.open()
    this.#live.add(near)
    this.peer.#receive(far)
    return near
  }

  close(info: SessionCloseInfo = {}): void {
    const end = { kind: 'clean', closeCode: info.closeCode ?? 0, reason: info.reason ?? '' } as const
    setImmediate(() => {
      this.end({ ...end, remote: false })
      this.peer?.end({ ...end, remote: true })
    })
  }

  abort(_code: number, reason: string): void {
    this.end({ kind: 'lost', remote: false, error: new SessionClosedError(reason) })
    setImmediate(() => this.peer?.lose(new SessionClosedError(reason, { remote: true })))
  }

  /** Ends this side as a lost connection would. */
  lose(error: Error): void {
    this.end({ kind: 'lost', remote: true, error })
  }

  #credit(options: OpenStreamOptions): Promise<void> {
    const deadline = options.deadline ?? 10_000
    this.#ours.wait(Date.now())
    return new Promise<void>((resolve, reject) => {
      const settle = (outcome: () => void): void => {
        clearTimeout(timer)
        options.signal?.removeEventListener('abort', onAbort)
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
        this.#ours.unwait()
        outcome()
      }
      const waiter: Waiter = { wake: () => settle(resolve), fail: (reason) => settle(() => reject(reason)) }
      const onAbort = (): void => settle(() => reject(options.signal?.reason))
      const onTime = (): void => settle(() => reject(new NoStreamCreditError(this.#ours.snapshot(), deadline)))
      const timer = setTimeout(onTime, deadline)
      options.signal?.addEventListener('abort', onAbort)
      this.#waiting.push(waiter)
    })
  }

  #receive(stream: SessionStream): void {
    this.#theirs.open()
    this.#live.add(stream)
    this.#held.push(stream)
    setImmediate(() => this.#handOn())
  }

  #handOn(): void {
    for (let stream = this.#held[0]; this.#onStream !== undefined && stream !== undefined; stream = this.#held[0]) {
      this.#held.shift()
      this.#theirs.accept()
      this.#onStream(stream)
    }
  }

  retireTheirs(): void {
    this.#theirs.retire()
    this.#tellIdle()
  }

  #tellIdle(): void {
    if (this.#ours.live + this.#theirs.live === 0) this.onIdle?.()
  }

  /** A stream that this side opened is over at both ends. */
  #retire(_opener: Opener): void {
    this.#ours.retire()
    this.#ours.raise(this.#limit + this.#ours.snapshot().retired)
    this.peer?.retireTheirs()
    this.#waiting[0]?.wake()
    this.#tellIdle()
  }

  end(end: SessionEnd): void {
    if (this.#ended) return
    this.#ended = true
    for (const stream of this.#live) stream.events.lost?.()
    for (const { wake } of [...this.#waiting]) wake()
    this.#closed.resolve(end)
  }
}
