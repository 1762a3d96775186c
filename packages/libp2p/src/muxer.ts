import {
  type AbortOptions,
  type CounterGroup,
  type CreateStreamOptions,
  type EventHandler,
  type MessageStream,
  type MessageStreamDirection,
  MuxerClosedError,
  type StreamMuxerEvents,
  type StreamMuxerFactory,
  type StreamOptions,
} from '@libp2p/interface'
import { AbstractStreamMuxer } from '@libp2p/utils'
import { type Millis, NoStreamCreditError } from '@sluice/credit'
import type { Session, SessionStream } from '@sluice/webtransport'
import { WebTransportConnection } from './connection.ts'
import { SessionReplacedError, StreamEndedEarlyError, TooManyOutboundStreamsError } from './errors.ts'
import type { KnownExchanges } from './exchanges.ts'
import type { StreamLimits } from './limits.ts'
import type { ConnectionRecovery, RecoverableStreams } from './recovery/recovery.ts'
import { RESERVED_PROTOCOLS } from './reserved-protocols.ts'
import { Stream } from './stream.ts'
import { StreamLogs } from './stream-log.ts'
import { within } from './within.ts'

/** The name js-libp2p gives to a multiplexer that is the transport's own. */
export const MUXER_PROTOCOL = '/webtransport'

/** How long a graceful close may take when the caller sets no bound. */
const CLOSE_TIMEOUT: Millis = 1_000

export interface MuxerOptions {
  readonly session: Session
  readonly limits: StreamLimits
  /** Longest wait for stream credit, in milliseconds. */
  readonly openDeadline: Millis
  readonly maxOutboundStreams: number
  readonly streamOptions: StreamOptions
  /** What is known of protocols, for a page where STOP_SENDING spoils what is still to be read. */
  readonly exchanges?: KnownExchanges | undefined
  readonly metrics?: CounterGroup | undefined
  readonly streamBytes?: CounterGroup | undefined
  /** What keeps the connection from standing still. */
  readonly recovery?: ConnectionRecovery | undefined
}

/** Makes the muxer of one session; each session needs its own. */
export function muxerFactory(options: MuxerOptions): StreamMuxerFactory {
  return {
    protocol: MUXER_PROTOCOL,
    createStreamMuxer: (connection) => new WebTransportMuxer(connection, options),
  }
}

/** libp2p streams over the bidirectional streams of a WebTransport session. */
export class WebTransportMuxer extends AbstractStreamMuxer<Stream> implements RecoverableStreams {
  readonly #session: Session
  readonly #options: MuxerOptions
  readonly #logs: StreamLogs
  readonly #onSent: ((bytes: number) => void) | undefined
  /** Streams of which not all that was written has reached the peer: closing the session would cut it off. */
  readonly #sending = new Set<Stream>()
  #streamsMade = 0
  /** The verdict of the opens that failed, as it was logged; undefined while opens succeed. */
  #refusedFor: string | undefined

  constructor(connection: MessageStream, options: MuxerOptions) {
    super(connection, {
      protocol: MUXER_PROTOCOL,
      name: 'muxer',
      streamOptions: options.streamOptions,
      ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
    })
    this.#session = options.session
    this.#options = options
    this.#logs = new StreamLogs(this.log)
    const { recovery } = options
    this.#onSent = recovery && ((bytes) => recovery.sent(bytes))
    recovery?.attach(this)
  }

  /** The session under some streams is over, and not the connection: what was left on it is cut off. */
  endLost(): void {
    for (const stream of this.streams.filter(({ lost }) => lost)) stream.onTransportClosed(new SessionReplacedError())
  }

  /** Ends streams whose peer is done and on which nothing was sent for so long; says how many. */
  reclaim(idleFor: Millis): number {
    return [...this.streams].filter((stream) => stream.reclaim(idleFor)).length
  }

  /**
   * Opens a stream; waits for credit, at most `openDeadline`.
   *
   * @throws MuxerClosedError, NoStreamCreditError (the cause is the signal's reason when that is a timeout),
   *   TooManyOutboundStreamsError, StreamEndedEarlyError, otherwise the signal's reason
   */
  override async createStream(options?: CreateStreamOptions): Promise<Stream> {
    const stream = await super.createStream(options)
    if (this.streams.includes(stream) && stream.status === 'open') return stream
    // It ended in the turns between its making and its being listed, so nobody took it off the list again.
    this.streams = this.streams.filter((listed) => listed !== stream)
    throw new StreamEndedEarlyError()
  }

  async onCreateStream(options: CreateStreamOptions): Promise<Stream> {
    const { maxOutboundStreams, openDeadline } = this.#options
    if (this.#outbound() >= maxOutboundStreams) throw new TooManyOutboundStreamsError(maxOutboundStreams)
    // js-libp2p names the protocol when just one is wanted.
    const { protocol = '', signal } = options
    const wire = await this.#session
      .openStream({
        deadline: openDeadline,
        reserved: RESERVED_PROTOCOLS.has(protocol),
        // multistream-select is answered by whoever takes the stream.
        answered: true,
        question: this.#options.exchanges?.isSilent(protocol, 'outbound') === true,
        ...(signal === undefined ? {} : { signal }),
      })
      .catch((error: unknown) => this.#refuse(error))
    this.#refusedFor = undefined
    const stream = this.#wrap(wire, 'outbound', options)
    if (this.status !== 'open') {
      const error = new MuxerClosedError()
      stream.abort(error)
      throw error
    }
    return stream
  }

  /** Streams that the peer opens wait in the session, and keep their credit, until there is somebody to take them. */
  override addEventListener<K extends keyof StreamMuxerEvents<Stream>>(
    type: K,
    listener: EventHandler<StreamMuxerEvents<Stream>[K]> | null,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(type, listener, options)
    // In a later turn: listeners are added in constructors, which are not ready for a stream yet.
    if (type === 'stream') queueMicrotask(() => this.#acceptOrHold())
  }

  override removeEventListener<K extends keyof StreamMuxerEvents<Stream>>(
    type: K,
    listener?: EventHandler<StreamMuxerEvents<Stream>[K]> | null,
    options?: boolean | EventListenerOptions,
  ): void {
    super.removeEventListener(type, listener ?? undefined, options)
    if (type === 'stream') this.#acceptOrHold()
  }

  /**
   * Ends the writing half of every stream. What cannot end in time is reset: js-libp2p closes the connection only
   * when this resolves, so it always does.
   */
  override async close(options?: AbortOptions): Promise<void> {
    if (this.status !== 'open') return
    const sent = super.close(options).then(() => Promise.all([...this.#sending].map((stream) => stream.sent)))
    if (!(await within(sent, CLOSE_TIMEOUT, options?.signal))) {
      const unfinished = this.streams.filter((stream) => stream.writeStatus !== 'closed')
      this.log('resetting %d streams that did not end in time', unfinished.length)
      for (const stream of unfinished) stream.abort(new MuxerClosedError('closed before the stream ended'))
    }
    for (const stream of [...this.streams]) stream.release()
    this.status = 'closed'
  }

  override onTransportClosed(error?: Error): void {
    super.onTransportClosed(error ?? (this.maConn instanceof WebTransportConnection ? this.maConn.failure : undefined))
  }

  onData(): void {
    // No byte of a stream flows through the connection.
  }

  /** Says once for each stall why no stream could be opened: js-libp2p's own deadline is short, and its callers are many. */
  #refuse(error: unknown): never {
    const reason = error instanceof NoStreamCreditError ? (error.verdict?.code ?? 'unknown') : undefined
    if (reason !== undefined && reason !== this.#refusedFor) {
      this.#refusedFor = reason
      this.log.error('%e', error)
    }
    throw error
  }

  #acceptOrHold(): void {
    const wanted = this.status === 'open' && this.listenerCount('stream') > 0
    this.#session.onStream = wanted ? (wire) => this.#accept(wire) : undefined
  }

  #accept(wire: SessionStream): void {
    if (wire.kind !== 'bidi' || this.status !== 'open') {
      // libp2p has no use for unidirectional streams.
      if (wire.kind === 'bidi') wire.reset(0)
      wire.stopSending(0)
      return
    }
    this.onRemoteStream(this.#wrap(wire, 'inbound', this.#options.streamOptions))
    // A listener for one event only is gone now.
    if (this.listenerCount('stream') === 0) this.#acceptOrHold()
  }

  #wrap(wire: SessionStream, direction: MessageStreamDirection, options: CreateStreamOptions): Stream {
    const id = `${direction === 'inbound' ? 'i' : 'o'}${wire.id ?? this.#streamsMade++}`
    const stream = new Stream({
      ...options,
      id,
      // The name of a protocol means to js-libp2p that it needs no negotiation any more.
      protocol: '',
      wanted: options.protocol,
      exchanges: this.#options.exchanges,
      direction,
      wire,
      limits: this.#options.limits,
      bytes: this.#options.streamBytes,
      onSent: this.#onSent,
      log: this.#logs.of(direction, id),
    })
    this.#sending.add(stream)
    stream.sent.then(() => this.#sending.delete(stream))
    return stream
  }

  #outbound(): number {
    return this.streams.reduce((count, stream) => count + (stream.direction === 'outbound' ? 1 : 0), 0)
  }
}
