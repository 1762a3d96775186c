import type { CreditSnapshot } from '@sluice/credit'
import { systemClock } from '../clock.ts'
import { SessionClosedError } from '../errors.ts'
import type { DataStream } from '../session/data-stream.ts'
import type { WebTransportSession } from '../session/webtransport-session.ts'
import type { SessionCloseInfo, SessionEnd } from '../session.ts'
import { receiveStream, sendStream, WebTransportBidirectionalStream } from './bidirectional-stream.ts'
import { toBytes } from './bytes.ts'
import { WebTransportDatagramDuplexStream } from './datagrams.ts'
import { invalidState, sessionError, type WebTransportError } from './error.ts'
import { incomingStreams } from './incoming-streams.ts'
import { anticipated, type CheckedOptions, type WebTransportCongestionControl } from './options.ts'
import type { WebTransportReceiveStream } from './receive-stream.ts'
import { SendOptions, WebTransportSendGroup, type WebTransportSendOptions } from './send-group.ts'
import type { WebTransportSendStream } from './send-stream.ts'
import { connectionStats, type WebTransportConnectionStats } from './stats.ts'

export interface WebTransportCloseInfo {
  readonly closeCode: number
  readonly reason: string
}

export interface WebTransportSendStreamOptions extends WebTransportSendOptions {
  /** Waits for stream credit; default false: rejects with QuotaExceededError when there is none. */
  readonly waitUntilAvailable?: boolean
}

type State =
  | { readonly name: 'connecting' }
  | { readonly name: 'connected'; readonly session: WebTransportSession }
  | { readonly name: 'closed' | 'failed'; readonly session: WebTransportSession | undefined }

const MAX_KEYING_MATERIAL = 4096

/** A session as the W3C has it: what a dialing `WebTransport` and a server's session have in common. */
export abstract class WebTransportFace {
  readonly ready: Promise<void>
  readonly closed: Promise<WebTransportCloseInfo>
  readonly draining: Promise<void>
  readonly datagrams: WebTransportDatagramDuplexStream
  /** What the connection uses, not what was asked: one controller serves all wishes. */
  readonly congestionControl: WebTransportCongestionControl = 'default'
  readonly #closedSettled = Promise.withResolvers<WebTransportCloseInfo>()
  readonly #drainingSettled = Promise.withResolvers<void>()
  /** Settles with what ends the incoming streams: an error, or undefined. */
  readonly #ended = Promise.withResolvers<unknown>()
  readonly #connected: Promise<WebTransportSession>
  readonly #giveUp: () => void
  #state: State = { name: 'connecting' }
  #incomingBidi: ReadableStream<WebTransportBidirectionalStream> | undefined
  #incomingUni: ReadableStream<WebTransportReceiveStream> | undefined
  #responseHeaders: Headers | null = null
  #anticipatedUni: number | null
  #anticipatedBidi: number | null

  /** @param giveUp ends a dial that is under way */
  constructor(session: Promise<WebTransportSession>, giveUp: () => void, options: CheckedOptions) {
    this.#giveUp = giveUp
    this.#anticipatedUni = options.anticipatedUni
    this.#anticipatedBidi = options.anticipatedBidi
    this.datagrams = new WebTransportDatagramDuplexStream(this, systemClock, options.datagramsReadableType)
    this.#connected = session
    this.ready = session.then(
      (connected) => this.#begin(connected),
      (error) => {
        throw this.#fail(error)
      },
    )
    this.closed = this.#closedSettled.promise
    this.draining = this.#drainingSettled.promise
    // Nobody has to look at them.
    for (const promise of [this.ready, this.closed, session]) promise.catch(() => {})
  }

  static get supportsReliableOnly(): boolean {
    return false
  }

  /**
   * Stream credit, now (not in the standard): exact, of the QUIC connection and of the session, both kinds, both openers.
   * No accounts until there is a session.
   */
  get credit(): CreditSnapshot {
    const session = this.#state.name === 'connecting' ? undefined : this.#state.session
    return session?.credit ?? { exact: true, accounts: [] }
  }

  get reliability(): 'pending' | 'reliable-only' | 'supports-unreliable' {
    return this.#session === undefined ? 'pending' : 'supports-unreliable'
  }

  /** The application protocol that the server chose; '' for none. */
  get protocol(): string {
    return this.#session?.description.protocol ?? ''
  }

  get responseHeaders(): Headers | null {
    return this.#responseHeaders
  }

  get anticipatedConcurrentIncomingUnidirectionalStreams(): number | null {
    return this.#anticipatedUni
  }

  /** @throws TypeError unless from 0 to 65,535 or null */
  set anticipatedConcurrentIncomingUnidirectionalStreams(count: number | null) {
    this.#anticipatedUni = anticipated(count)
  }

  get anticipatedConcurrentIncomingBidirectionalStreams(): number | null {
    return this.#anticipatedBidi
  }

  /** @throws TypeError unless from 0 to 65,535 or null */
  set anticipatedConcurrentIncomingBidirectionalStreams(count: number | null) {
    this.#anticipatedBidi = anticipated(count)
  }

  get incomingBidirectionalStreams(): ReadableStream<WebTransportBidirectionalStream> {
    this.#incomingBidi ??= incomingStreams('bidi', this.#connected, this.#ended.promise, (stream) => {
      return new WebTransportBidirectionalStream(stream, new SendOptions(this))
    })
    return this.#incomingBidi
  }

  get incomingUnidirectionalStreams(): ReadableStream<WebTransportReceiveStream> {
    this.#incomingUni ??= incomingStreams('uni', this.#connected, this.#ended.promise, receiveStream)
    return this.#incomingUni
  }

  /** @throws DOMException QuotaExceededError, InvalidStateError */
  async createBidirectionalStream(
    options: WebTransportSendStreamOptions = {},
  ): Promise<WebTransportBidirectionalStream> {
    const sendOptions = new SendOptions(this, options)
    return new WebTransportBidirectionalStream(await this.#open('bidi', options), sendOptions)
  }

  /** @throws DOMException QuotaExceededError, InvalidStateError */
  async createUnidirectionalStream(options: WebTransportSendStreamOptions = {}): Promise<WebTransportSendStream> {
    const sendOptions = new SendOptions(this, options)
    return sendStream(await this.#open('uni', options), sendOptions)
  }

  createSendGroup(): WebTransportSendGroup {
    if (this.#isOver) throw invalidState('the session is closed')
    return new WebTransportSendGroup(this)
  }

  /** @throws DOMException InvalidStateError when there never was a session */
  async getStats(): Promise<WebTransportConnectionStats> {
    if (this.#state.name === 'connecting') await this.ready
    const session = this.#session
    if (session === undefined) throw invalidState('there is no session')
    return connectionStats(session, this.datagrams)
  }

  /**
   * Keying material that only the two ends of this session have.
   *
   * @throws RangeError for a length of 0 or above 4,096, or a label or context above 255 bytes; DOMException InvalidStateError
   */
  async exportKeyingMaterial(label: BufferSource, context: BufferSource, outputLength: number): Promise<Uint8Array> {
    const [labelBytes, contextBytes] = [toBytes(label), toBytes(context)]
    if (!(outputLength >= 1 && outputLength <= MAX_KEYING_MATERIAL)) {
      throw new RangeError(`between 1 and ${MAX_KEYING_MATERIAL} bytes can be exported`)
    }
    if (labelBytes.length > 255 || contextBytes.length > 255)
      throw new RangeError('label and context have at most 255 bytes')
    if (this.#state.name === 'connecting') await this.ready
    if (this.#state.name !== 'connected') throw invalidState('the session is closed')
    return this.#state.session.exportKeyingMaterial(labelBytes, contextBytes, Math.trunc(outputLength))
  }

  /** Ends the session; while it is still being dialed, `ready` and `closed` reject. */
  close(info: SessionCloseInfo = {}): void {
    // Web IDL unsigned long and USVString.
    const closeCode = Number(info.closeCode ?? 0) >>> 0
    const reason = String(info.reason ?? '').toWellFormed()
    if (this.#state.name === 'connected') this.#state.session.close({ closeCode, reason })
    else if (this.#state.name === 'connecting') this.#giveUp()
  }

  get #session(): WebTransportSession | undefined {
    return this.#state.name === 'connecting' ? undefined : this.#state.session
  }

  get #isOver(): boolean {
    return this.#state.name === 'closed' || this.#state.name === 'failed'
  }

  #begin(session: WebTransportSession): void {
    this.#state = { name: 'connected', session }
    if (session.description.side === 'client') {
      this.#responseHeaders = new Headers(session.description.responseHeaders.map(([name, value]) => [name, value]))
    }
    this.datagrams.begin(session)
    void session.draining.then(() => this.#drainingSettled.resolve())
    void session.closed.then((end) => this.#end(session, end))
  }

  #end(session: WebTransportSession, end: SessionEnd): void {
    if (end.kind === 'clean') {
      this.#state = { name: 'closed', session }
      this.datagrams.end(undefined)
      this.#ended.resolve(undefined)
      this.#closedSettled.resolve({ closeCode: end.closeCode, reason: end.reason })
    } else {
      this.#state = { name: 'failed', session }
      this.#reject(sessionError(end.error))
    }
  }

  #fail(cause: unknown): WebTransportError {
    this.#state = { name: 'failed', session: undefined }
    const error = sessionError(cause)
    this.#reject(error)
    return error
  }

  #reject(error: WebTransportError): void {
    this.datagrams.end(error)
    this.#ended.resolve(error)
    this.#closedSettled.reject(error)
  }

  async #open(kind: 'bidi' | 'uni', options: WebTransportSendStreamOptions): Promise<DataStream> {
    if (this.#isOver) throw invalidState('the session is closed')
    if (this.#state.name === 'connecting') await this.ready
    if (this.#state.name !== 'connected') throw invalidState('the session is closed')
    const { session } = this.#state
    try {
      const stream = session.tryOpen(kind)
      if (stream !== undefined) return stream
      if (options.waitUntilAvailable !== true) {
        throw new DOMException('the peer allows no more streams now', 'QuotaExceededError')
      }
      // Bounded by the session: it fails whoever waits when it ends.
      const deadline = Number.POSITIVE_INFINITY
      return kind === 'bidi' ? await session.openStream({ deadline }) : await session.openUniStream({ deadline })
    } catch (error) {
      throw error instanceof SessionClosedError ? invalidState('the session is closed') : error
    }
  }
}
