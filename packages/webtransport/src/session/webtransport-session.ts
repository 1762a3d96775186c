import type { CreditSnapshot, LiveStream, StreamKind, Verdict } from '@sluice/credit'
import type { CloseReason, ConnectionStats, SocketAddress, Stream } from '@sluice/engine'
import { ErrorCode, encodeDatagram, encodeWebTransportHeader } from '@sluice/h3'
import { abandon } from '../connection/abandon.ts'
import type { Http3Connection, SessionSink } from '../connection/http3-connection.ts'
import { ConnectionLostError, SessionClosedError, SessionProtocolError } from '../errors.ts'
import type { RequestStream } from '../request/request-stream.ts'
import type { OpenStreamOptions, Session, SessionCloseInfo, SessionEnd, SessionStream } from '../session.ts'
import { ConnectStream } from './connect-stream.ts'
import { DataStream } from './data-stream.ts'
import { DatagramQueue } from './datagram-queue.ts'
import type { SessionDescription } from './description.ts'
import { EXPORTER_LABEL, exporterContext } from './exporter.ts'
import { IncomingStreams } from './incoming-streams.ts'
import { SessionLedger } from './ledger.ts'
import { OpenQueue } from './open-queue.ts'

/** A WebTransport session over HTTP/3 on our QUIC engine, at either end. */
export class WebTransportSession implements Session, SessionSink {
  /** The id of the CONNECT stream. */
  readonly id: number
  /** What was asked and agreed when the session began. */
  readonly description: SessionDescription
  readonly closed: Promise<SessionEnd>
  /** Settles when the peer asks to wind down (DRAIN or GOAWAY), or never. */
  readonly draining: Promise<void>
  /** Called when a datagram that found no room can be tried again. */
  onDatagramWritable: (() => void) | undefined
  readonly #http3: Http3Connection
  readonly #connect: ConnectStream
  readonly #ledger: SessionLedger
  readonly #streams = new Map<number, DataStream>()
  readonly #headers: Readonly<Record<StreamKind, Uint8Array>>
  readonly #opens: Readonly<Record<StreamKind, OpenQueue<DataStream>>>
  /** Streams that the peer opened, with all that this engine can tell of them; `onStream` is the taker of one kind. */
  readonly incoming: Readonly<Record<StreamKind, IncomingStreams>>
  readonly #datagrams: DatagramQueue
  readonly #closedSettled = Promise.withResolvers<SessionEnd>()
  readonly #drainingSettled = Promise.withResolvers<void>()
  /** Streams whose header goes out at the end of this turn unless data takes it along. */
  #headersToFlush: DataStream[] = []
  #onStream: ((stream: SessionStream) => void) | undefined
  #onUniStream: ((stream: SessionStream) => void) | undefined
  #end: SessionEnd | undefined
  #cancelCloseTimer: (() => void) | undefined

  /** Takes over an accepted CONNECT stream. */
  constructor(http3: Http3Connection, stream: RequestStream, description: SessionDescription) {
    this.id = stream.id
    this.description = description
    this.closed = this.#closedSettled.promise
    this.draining = this.#drainingSettled.promise
    this.#http3 = http3
    this.#ledger = new SessionLedger(http3.quic, http3.clock)
    this.#datagrams = new DatagramQueue(http3.limits.pendingDatagrams)
    this.#headers = {
      bidi: encodeWebTransportHeader('bidi', this.id),
      uni: encodeWebTransportHeader('uni', this.id),
    }
    this.#opens = { bidi: this.#openQueue('bidi'), uni: this.#openQueue('uni') }
    this.incoming = {
      bidi: new IncomingStreams((incoming) => incoming.accept()),
      uni: new IncomingStreams((incoming) => incoming.accept()),
    }
    this.#connect = new ConnectStream(stream, {
      closed: (closeCode, reason) => this.#peerClosed(closeCode, reason),
      drain: () => this.#drainingSettled.resolve(),
      aborted: (httpCode, cause) => {
        const error = new SessionProtocolError(httpCode, 'the CONNECT stream of the session was reset', { cause })
        this.#peerEnded({ kind: 'lost', remote: true, error })
      },
      over: () => this.#connectStreamOver(),
    })
  }

  /** To be called once by whoever made the session: takes early streams and begins to read capsules. */
  start(): void {
    this.#http3.attach(this)
    this.#connect.start()
  }

  get remoteAddress(): SocketAddress {
    return this.#http3.quic.remoteAddress
  }

  get credit(): CreditSnapshot {
    return this.#ledger.snapshot()
  }

  get verdict(): Verdict {
    return this.#ledger.verdict(this.#end !== undefined)
  }

  /** The streams that hold credit now, oldest first. @param max how many at most */
  liveStreams(max = 100): readonly LiveStream[] {
    return this.#ledger.liveStreams(max)
  }

  /** DER of the server's certificate; clients only. */
  get peerCertificate(): Uint8Array | undefined {
    return this.#http3.quic.peerCertificate
  }

  get onStream(): ((stream: SessionStream) => void) | undefined {
    return this.#onStream
  }

  set onStream(taker: ((stream: SessionStream) => void) | undefined) {
    this.#onStream = taker
    this.incoming.bidi.taker = taker
  }

  /** As `onStream`, for unidirectional streams. */
  get onUniStream(): ((stream: SessionStream) => void) | undefined {
    return this.#onUniStream
  }

  set onUniStream(taker: ((stream: SessionStream) => void) | undefined) {
    this.#onUniStream = taker
    this.incoming.uni.taker = taker
  }

  /** Called with each datagram; until it is set a bounded number is held. */
  get onDatagram(): ((payload: Uint8Array) => void) | undefined {
    return this.#datagrams.reader
  }

  set onDatagram(reader: ((payload: Uint8Array) => void) | undefined) {
    this.#datagrams.reader = reader
  }

  /** Received datagrams that were dropped because nobody read them. */
  get droppedDatagrams(): number {
    return this.#datagrams.dropped
  }

  /** Largest datagram payload that can be sent now; 0 when the peer takes none. */
  get maxDatagramSize(): number {
    return Math.max(0, this.#http3.quic.maxDatagramSize - encodeDatagram(this.id, new Uint8Array(0)).length)
  }

  async openStream(options: OpenStreamOptions = {}): Promise<DataStream> {
    return await this.#open('bidi', options)
  }

  /** Opens a unidirectional stream; otherwise as `openStream`. */
  async openUniStream(options: OpenStreamOptions = {}): Promise<DataStream> {
    return await this.#open('uni', options)
  }

  /** Opens a stream at once; undefined when there is no credit now. @throws SessionClosedError */
  tryOpen(kind: StreamKind): DataStream | undefined {
    this.#throwIfOver()
    return this.#opens[kind].tryOpen()
  }

  /** Sends a datagram (RFC 9297). 'full': wait for `onDatagramWritable`; 'closed': the session is over. */
  sendDatagram(payload: Uint8Array): 'queued' | 'full' | 'too-large' | 'unsupported' | 'closed' {
    return this.#end === undefined ? this.#http3.quic.sendDatagram(encodeDatagram(this.id, payload)) : 'closed'
  }

  /** Asks the peer to wind the session down (DRAIN capsule); everything still works. */
  drain(): void {
    if (this.#end === undefined) this.#connect.sendDrain()
  }

  close(info: SessionCloseInfo = {}): void {
    if (this.#end !== undefined) return
    const { closeCode = 0, reason = '' } = info
    // Before anything changes: a code that cannot be sent leaves the session as it is.
    this.#connect.sendClose({ closeCode, reason })
    this.#end = { kind: 'clean', remote: false, closeCode, reason }
    this.#endStreams(true)
    this.#armCloseTimer()
  }

  abort(code: number, reason: string): void {
    this.#http3.close(code, reason)
  }

  connectionStats(): ConnectionStats {
    return this.#http3.quic.stats()
  }

  /**
   * Keying material that only the two ends of this session have (draft-ietf-webtrans-http3, 4.8).
   *
   * @param label at most 255 bytes
   * @param context at most 255 bytes
   */
  exportKeyingMaterial(label: Uint8Array, context: Uint8Array, length: number): Uint8Array {
    return this.#http3.quic.exportKeyingMaterial(EXPORTER_LABEL, exporterContext(this.id, label, context), length)
  }

  streamArrived(stream: Stream, held: Uint8Array): void {
    if (this.#end !== undefined) {
      abandon(stream, ErrorCode.WT_SESSION_GONE)
      return
    }
    const incoming = new DataStream(stream, { held }, this.#ledger.opened(stream.id), this.#http3.clock)
    this.#streams.set(incoming.id, incoming)
    this.incoming[incoming.kind].add(incoming)
  }

  datagramArrived(payload: Uint8Array): void {
    if (this.#end === undefined) this.#datagrams.add(payload)
  }

  datagramsWritable(): void {
    this.onDatagramWritable?.()
  }

  streamsOpenable(kind: StreamKind): void {
    this.#opens[kind].serve()
  }

  streamRetired(id: number): void {
    this.#streams.delete(id)
    this.#ledger.retired(id)
  }

  goaway(): void {
    this.#drainingSettled.resolve()
  }

  connectionEnded(reason: CloseReason): void {
    this.#connect.readLast()
    this.#cancelCloseTimer?.()
    // Firefox's CONNECTION_CLOSE can overtake its CLOSE capsule; H3_NO_ERROR says that nothing went wrong.
    const orderly = reason.kind === 'application' && reason.code === ErrorCode.H3_NO_ERROR && reason.remote
    this.#end ??= orderly
      ? { kind: 'clean', remote: true, closeCode: 0, reason: '' }
      : { kind: 'lost', remote: reason.remote, error: new ConnectionLostError(reason) }
    this.#endStreams(false)
    this.#ledger.retireAll()
    this.#closedSettled.resolve(this.#end)
  }

  #openQueue(kind: StreamKind): OpenQueue<DataStream> {
    return new OpenQueue({
      clock: this.#http3.clock,
      open: () => this.#openNow(kind),
      account: this.#ledger.openAccount(kind),
      snapshot: () => this.#ledger.openSnapshot(kind),
      verdict: (waited) => this.#ledger.openVerdict(kind, waited),
    })
  }

  async #open(kind: StreamKind, options: OpenStreamOptions): Promise<DataStream> {
    this.#throwIfOver()
    return await this.#opens[kind].open(options)
  }

  #throwIfOver(): void {
    if (this.#end !== undefined) throw new SessionClosedError('the session is closed: dial again for a new one')
  }

  #openNow(kind: StreamKind): DataStream | undefined {
    if (this.#http3.ended) throw new SessionClosedError('the connection is being closed: dial again')
    const stream = this.#http3.quic.openStream(kind)
    if (stream === undefined) return undefined
    const record = this.#ledger.opened(stream.id)
    const outgoing = new DataStream(stream, { header: this.#headers[kind] }, record, this.#http3.clock)
    this.#streams.set(outgoing.id, outgoing)
    // A stream whose opener only listens must exist at the other end too.
    if (this.#headersToFlush.push(outgoing) === 1) setImmediate(() => this.#flushHeaders())
    return outgoing
  }

  #flushHeaders(): void {
    const streams = this.#headersToFlush
    this.#headersToFlush = []
    if (this.#http3.ended) return
    for (const stream of streams) stream.flushHeader()
  }

  #peerClosed(closeCode: number, reason: string): void {
    this.#peerEnded({ kind: 'clean', remote: true, closeCode, reason })
  }

  /** The peer ended the session: our half of the CONNECT stream ends too, and the peer closes the connection. */
  #peerEnded(end: SessionEnd): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.#connect.finish()
    this.#endStreams(true)
    this.#closedSettled.resolve(end)
    this.#armCloseTimer()
  }

  /** Fails pending opens and ends every data stream (draft-ietf-webtrans-http3, 6). */
  #endStreams(connectionLives: boolean): void {
    const error = new SessionClosedError('the session was closed while the stream waited for credit')
    this.#opens.bidi.fail(error)
    this.#opens.uni.fail(error)
    this.incoming.bidi.clear()
    this.incoming.uni.clear()
    this.#datagrams.clear()
    for (const stream of this.#streams.values()) stream.lose(connectionLives)
  }

  /** Each side has seen the other's end. Whoever closed first closes the connection: the other knows that it may go. */
  #connectStreamOver(): void {
    if (this.#end?.remote === false) this.#closeConnection()
  }

  #armCloseTimer(): void {
    this.#cancelCloseTimer ??= this.#http3.clock.after(this.#http3.limits.closeTimeout, () => {
      this.#connect.giveUp()
      this.#closeConnection()
    })
  }

  #closeConnection(): void {
    this.#cancelCloseTimer?.()
    this.#http3.close(ErrorCode.H3_NO_ERROR, '')
  }
}
