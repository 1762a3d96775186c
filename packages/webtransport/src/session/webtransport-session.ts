import {
  type CreditSnapshot,
  LagMeter,
  type LiveStream,
  type Millis,
  type PeerProfile,
  type ReaperPolicy,
  type StreamKind,
  type Verdict,
  VerdictWatch,
} from '@sluice/credit'
import type { CloseReason, ConnectionStats, SocketAddress, Stream } from '@sluice/engine'
import { encodeDatagram } from '@sluice/h3'
import type { Http3Connection, SessionSink } from '../connection/http3-connection.ts'
import { SessionProtocolError } from '../errors.ts'
import type { RequestStream } from '../request/request-stream.ts'
import type { OpenStreamOptions, Session, SessionCloseInfo, SessionEnd, SessionStream } from '../session.ts'
import { ConnectStream } from './connect-stream.ts'
import type { DataStream } from './data-stream.ts'
import { DatagramQueue } from './datagram-queue.ts'
import type { SessionDescription } from './description.ts'
import { EXPORTER_LABEL, exporterContext } from './exporter.ts'
import { driveFlowControl } from './flow-control/drive.ts'
import type { IncomingStreams } from './incoming-streams.ts'
import { KnownPeer } from './known-peer.ts'
import { SessionLedger } from './ledger.ts'
import { SessionEnding } from './session-ending.ts'
import { SessionJudge } from './session-judge.ts'
import { SessionReaper } from './session-reaper.ts'
import { SessionStreams } from './session-streams.ts'

/** A WebTransport session over HTTP/3 on our QUIC engine, at either end. */
export class WebTransportSession implements Session, SessionSink {
  /** The id of the CONNECT stream. */
  readonly id: number
  /** What was asked and agreed when the session began. */
  readonly description: SessionDescription
  /** Settles when the peer asks to wind down (DRAIN or GOAWAY), or never. */
  readonly draining: Promise<void>
  /** Our engine lets go of whatever is over. */
  readonly unreleased = 0
  onUnreleased: (() => void) | undefined
  /** Called when a datagram that found no room can be tried again. */
  onDatagramWritable: (() => void) | undefined
  readonly #http3: Http3Connection
  readonly #connect: ConnectStream
  readonly #ledger: SessionLedger
  readonly #peer: KnownPeer
  readonly #judge: SessionJudge
  readonly #watch: VerdictWatch
  readonly #streams: SessionStreams
  readonly #ending: SessionEnding
  readonly #reaper: SessionReaper
  readonly #datagrams: DatagramQueue
  readonly #drainingSettled = Promise.withResolvers<void>()
  #onStream: ((stream: SessionStream) => void) | undefined
  #onUniStream: ((stream: SessionStream) => void) | undefined

  /** Takes over an accepted CONNECT stream. */
  constructor(http3: Http3Connection, stream: RequestStream, description: SessionDescription) {
    this.id = stream.id
    this.description = description
    this.draining = this.#drainingSettled.promise
    this.#http3 = http3
    this.#ledger = new SessionLedger(http3.quic, http3.clock)
    const theirs = description.side === 'server' ? description.requestHeaders : description.responseHeaders
    this.#peer = new KnownPeer(http3.quic, http3.clock, http3.settings, theirs)
    const { quic, clock, limits } = http3
    const lag = new LagMeter()
    this.#judge = new SessionJudge({ quic, clock, ledger: this.#ledger, lag, reserve: limits.reservedStreams })
    this.#judge.refill = this.profile.refill
    this.#watch = new VerdictWatch({ clock, lag, judge: this.#judge })
    this.#judge.onWait = () => this.#watch.arm()
    this.#datagrams = new DatagramQueue(limits.pendingDatagrams)
    const flowControl =
      description.flowControl &&
      driveFlowControl(description.flowControl, {
        clock,
        ledger: this.#ledger,
        judge: this.#judge,
        connect: () => this.#connect,
        streams: () => this.#streams,
      })
    this.#streams = new SessionStreams(http3, this.id, this.#ledger, this.#judge, this.#peer, flowControl)
    this.#connect = new ConnectStream(stream, {
      closed: (closeCode, reason) => this.#ending.peerEnded({ kind: 'clean', remote: true, closeCode, reason }),
      drain: () => this.#drainingSettled.resolve(),
      flowControl: (capsule) => flowControl?.capsuleReceived(capsule),
      writable: () => flowControl?.resume(),
      aborted: (httpCode, cause) => {
        const error = new SessionProtocolError(httpCode, 'the CONNECT stream of the session was reset', { cause })
        this.#ending.peerEnded({ kind: 'lost', remote: true, error })
      },
      over: () => this.#ending.connectStreamOver(),
    })
    this.#ending = new SessionEnding(
      http3,
      this.#connect,
      (connectionLives) => this.#endAll(connectionLives),
      () => this.#peer.closeSettle,
    )
    this.#reaper = new SessionReaper(this.#ledger, this.#streams, this.#ending)
  }

  /** To be called once by whoever made the session: takes early streams and begins to read capsules. */
  start(): void {
    this.#http3.attach(this)
    this.#connect.start()
  }

  get closed(): Promise<SessionEnd> {
    return this.#ending.closed
  }

  get remoteAddress(): SocketAddress {
    return this.#http3.quic.remoteAddress
  }

  get credit(): CreditSnapshot {
    return this.#ledger.snapshot()
  }

  get verdict(): Verdict {
    return this.#judge.verdict(this.#ending.over)
  }

  onVerdict(listener: (verdict: Verdict) => void): () => void {
    return this.#watch.listen(listener)
  }

  get profile(): PeerProfile {
    return this.#peer.profile
  }

  hear(): void {
    // The engine counts exactly.
  }

  learn(agentVersion: string): void {
    this.#peer.learn(agentVersion)
    this.#judge.refill = this.profile.refill
  }

  /** The streams that hold credit now, oldest first. @param max how many at most */
  liveStreams(max = 100): readonly LiveStream[] {
    return this.#ledger.liveStreams(max)
  }

  /** DER of the server's certificate; clients only. */
  get peerCertificate(): Uint8Array | undefined {
    return this.#http3.quic.peerCertificate
  }

  /** Streams that the peer opened, with all that this engine can tell of them; `onStream` is the taker of one kind. */
  get incoming(): Readonly<Record<StreamKind, IncomingStreams>> {
    return this.#streams.incoming
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
    return await this.#streams.open('bidi', options)
  }

  /** Opens a unidirectional stream; otherwise as `openStream`. */
  async openUniStream(options: OpenStreamOptions = {}): Promise<DataStream> {
    return await this.#streams.open('uni', options)
  }

  /** Opens a stream at once; undefined when there is no credit now. @throws SessionClosedError */
  tryOpen(kind: StreamKind): DataStream | undefined {
    return this.#streams.tryOpen(kind)
  }

  /** Sends a datagram (RFC 9297). 'full': wait for `onDatagramWritable`; 'closed': the session is over. */
  sendDatagram(payload: Uint8Array): 'queued' | 'full' | 'too-large' | 'unsupported' | 'closed' {
    return this.#ending.over ? 'closed' : this.#http3.quic.sendDatagram(encodeDatagram(this.id, payload))
  }

  now(): Millis {
    return this.#http3.clock.now()
  }

  get onIdle(): (() => void) | undefined {
    return this.#streams.onIdle
  }

  set onIdle(listener: (() => void) | undefined) {
    this.#streams.onIdle = listener
  }

  failWaiting(reason: Error): void {
    this.#streams.failWaiting(reason)
  }

  nudge(): void {
    if (this.#ending.over) return
    this.#http3.quic.ping()
    this.#streams.openable('bidi')
    this.#streams.openable('uni')
  }

  /** Asks the peer to wind the session down (DRAIN capsule); everything still works. */
  drain(): void {
    if (!this.#ending.over) this.#connect.sendDrain()
  }

  close(info: SessionCloseInfo = {}): void {
    this.#ending.close(info)
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
    this.#streams.arrived(stream, held)
  }

  datagramArrived(payload: Uint8Array): void {
    if (!this.#ending.over) this.#datagrams.add(payload)
  }

  datagramsWritable(): void {
    this.onDatagramWritable?.()
  }

  streamsOpenable(kind: StreamKind): void {
    this.#judge.raised(kind)
    this.#streams.openable(kind)
  }

  streamsBlocked(): void {
    this.#watch.arm()
  }

  streamRetired(id: number): 'worked' | 'wasted' | undefined {
    return this.#streams.retired(id)
  }

  sweep(policy: ReaperPolicy, pressed: boolean, unreleased: number): void {
    if (!this.#ending.over) this.#reaper.sweep(policy, this.#http3.clock.now(), pressed, unreleased)
  }

  goaway(): void {
    this.#drainingSettled.resolve()
  }

  connectionEnded(reason: CloseReason): void {
    this.#ending.connectionEnded(reason)
  }

  #endAll(connectionLives: boolean): void {
    this.#watch.end()
    this.#streams.end(connectionLives)
    this.#datagrams.clear()
    if (!connectionLives) this.#ledger.retireAll()
  }
}
