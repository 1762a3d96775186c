import {
  type CreditSnapshot,
  type LiveStream,
  type Millis,
  type Opener,
  profileOfRuntime,
  type StreamRecord,
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
import { SessionClosedError } from '../errors.ts'
import { BrowserLedger } from './ledger.ts'
import { Opens } from './opens.ts'
import { isSpoiled } from './platform-error.ts'
import type { PlatformStream } from './repeated-question.ts'
import { BrowserStream } from './stream.ts'

/** A session over the browser's `WebTransport`, once that is ready. */
export class BrowserSession implements Session {
  /** The browser's own. */
  readonly profile = profileOfRuntime(globalThis.navigator?.userAgent)
  readonly draining: Promise<void>
  onIdle: (() => void) | undefined
  onUnreleased: (() => void) | undefined
  readonly #transport: WebTransport
  readonly #closed = Promise.withResolvers<SessionEnd>()
  readonly #ledger = new BrowserLedger()
  readonly #opens: Opens<BrowserStream>
  readonly #live = new Set<BrowserStream>()
  readonly #held: BrowserStream[] = []
  /** Streams of the peer that are over here, and of which the browser never gives the credit back. */
  readonly #unreleased: StreamRecord[] = []
  #onStream: Session['onStream']
  #ending: SessionEnd | undefined

  constructor(transport: WebTransport) {
    this.#transport = transport
    // In the standard, and in no browser yet.
    this.draining = 'draining' in transport ? settled(transport.draining) : new Promise(() => {})
    this.#opens = new Opens({
      open: async () => this.#own(await transport.createBidirectionalStream(), 'us'),
      discard: (stream) => {
        stream.reset(0)
        stream.stopSending(0)
      },
      account: this.#ledger.openAccount,
      rejects: this.profile.strategy.opens === 'rejected',
      verdict: () => this.verdict,
    })
    transport.closed.then(
      ({ closeCode = 0, reason = '' }) => this.#end({ kind: 'clean', remote: true, closeCode, reason }),
      (cause: unknown) => {
        const error = new SessionClosedError('the connection under the session was lost', { cause, remote: true })
        this.#end({ kind: 'lost', remote: true, error })
      },
    )
    void each(transport.incomingBidirectionalStreams, (stream) => this.#accept(stream))
    // libp2p has no use for them; read to their end, they cost nothing.
    void each(
      transport.incomingUnidirectionalStreams,
      (stream) => void stream.pipeTo(new WritableStream()).catch(() => {}),
    )
  }

  get closed(): Promise<SessionEnd> {
    return this.#closed.promise
  }

  get credit(): CreditSnapshot {
    return this.#ledger.credit
  }

  get unreleased(): number {
    return this.#unreleased.length
  }

  get verdict(): Verdict {
    return this.#ledger.verdict(this.#ending !== undefined)
  }

  onVerdict(listener: (verdict: Verdict) => void): () => void {
    return this.#ledger.watch.listen(listener)
  }

  hear(counts: OtherCounts): void {
    this.#ledger.hear(counts)
  }

  get onStream(): Session['onStream'] {
    return this.#onStream
  }

  set onStream(taker: Session['onStream']) {
    this.#onStream = taker
    this.#handOn()
  }

  learn(): void {
    // Whoever the peer is, what counts here are the ways of the browser.
  }

  /** Their ids are a count of our own: a browser hides those of QUIC. */
  liveStreams(max = 100): readonly LiveStream[] {
    return this.#ledger.liveStreams(max)
  }

  now(): Millis {
    return Date.now()
  }

  failWaiting(reason: Error): void {
    this.#opens.failWaiting(reason)
  }

  /** A page cannot send PING; opens that wait are tried again at once. */
  nudge(): void {
    this.#opens.retry()
  }

  /** A page cannot ask; the ledger protocol can. */
  drain(): void {}

  async openStream(options?: OpenStreamOptions): Promise<SessionStream> {
    if (options?.question !== true || this.profile.strategy.stopEnds !== 'both-halves') return this.#opens.open(options)
    // Where STOP_SENDING ends both halves an open waits in the browser, so that no queue is needed. Other pages need not load this.
    const { repeatedQuestion } = await import('./repeated-question.ts')
    return this.#own(
      repeatedQuestion({ open: () => this.#transport.createBidirectionalStream(), spoiled: isSpoiled }),
      'us',
    )
  }

  close(info: SessionCloseInfo = {}): void {
    const { closeCode = 0, reason = '' } = info
    this.#shut({ kind: 'clean', remote: false, closeCode, reason }, { closeCode, reason })
  }

  /** A page has no other way than to close; who waits for something here is told that it was not a clean end. */
  abort(code: number, reason: string): void {
    const error = new SessionClosedError(`the session was aborted: ${reason}`)
    this.#shut({ kind: 'lost', remote: false, error }, { closeCode: code, reason })
  }

  #shut(end: SessionEnd, info: WebTransportCloseInfo): void {
    if (this.#ending !== undefined) return
    this.#ending = end
    try {
      this.#transport.close(info)
    } catch {
      // It is closed already; `closed` says so or has said so.
    }
    // Firefox may reject `closed` after a close that went well, so its outcome decides nothing any more.
    this.#end(end)
  }

  #end(end: SessionEnd): void {
    this.#ending ??= end
    this.#ledger.watch.end()
    this.#opens.close()
    this.#held.length = 0
    for (const stream of [...this.#live]) stream.lose()
    for (const record of this.#unreleased.splice(0)) this.#ledger.retired(record)
    this.#closed.resolve(this.#ending)
  }

  /**
   * The peer's streams are taken as they come, wanted or not: Firefox before 153 stops delivering when some are left.
   * In Chromium one is taken in each turn of the event loop: a stream that the peer cuts off at once gives its credit back
   * before the page has seen it, so that nothing else keeps a peer from opening faster than the page can work.
   */
  #accept(stream: PlatformStream): unknown {
    this.#held.push(this.#own(stream, 'them'))
    this.#handOn()
    return this.profile.strategy.incoming === 'pulled' && globalThis.scheduler?.postTask(() => {})
  }

  #handOn(): void {
    for (let stream = this.#held[0]; stream !== undefined && this.#onStream !== undefined; stream = this.#held[0]) {
      this.#held.shift()
      stream.accept()
      this.#onStream(stream)
    }
  }

  #own(platform: PlatformStream, opener: Opener): BrowserStream {
    const record = this.#ledger.opened(opener)
    const stream = new BrowserStream(platform, record, this.profile.strategy, (retired) => {
      this.#live.delete(retired)
      if (opener === 'them' && retired.spoiled && this.#ending === undefined) {
        // Whatever the application has seen of it yet, it can neither lose nor say anything more.
        record.endReceive('reset', Date.now())
        record.reset(Date.now())
        this.#unreleased.push(record)
        this.onUnreleased?.()
      } else this.#ledger.retired(record)
      if (opener === 'us') this.#opens.retry()
      if (this.#live.size === 0) this.onIdle?.()
    })
    this.#live.add(stream)
    if (this.#ending !== undefined) stream.lose()
    return stream
  }
}

/** Takes what comes, one after the other, until the session ends, which `closed` tells. */
async function each<T>(incoming: ReadableStream<T>, take: (value: T) => unknown): Promise<void> {
  const reader = incoming.getReader()
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) await take(next.value)
  } catch {
    // The session ended.
  }
}

/** Settles when the platform says so; a rejection means that the session ended first. */
function settled(draining: unknown): Promise<void> {
  return Promise.resolve(draining).then(
    () => {},
    () => new Promise(() => {}),
  )
}
