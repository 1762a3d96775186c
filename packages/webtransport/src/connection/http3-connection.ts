import type { Millis, Opener, ReaperPolicy, StreamKind } from '@sluice/credit'
import type { CloseReason, Connection, Stream } from '@sluice/engine'
import {
  type Dialect,
  decodeDatagram,
  ErrorCode,
  H3ConnectionError,
  negotiateFlowControl,
  type SessionFlowControlTerms,
  type Settings,
  type StreamHeader,
} from '@sluice/h3'
import type { Clock } from '../clock.ts'
import type { GovernedConnection } from '../governor/governed-connection.ts'
import type { Limits } from '../limits.ts'
import { AbandonedStreams } from './abandoned-streams.ts'
import { Arrivals } from './arrivals.ts'
import { LocalControlStream } from './local-control-stream.ts'
import { PeerCriticalStreams } from './peer-critical-streams.ts'
import { WaitingRoom } from './waiting-room.ts'

/** The session that a connection carries; WebTransport without session flow control has one a connection. */
export interface SessionSink {
  readonly id: number
  /** The peer opened a stream; `held` came behind its header. */
  streamArrived(stream: Stream, held: Uint8Array): void
  datagramArrived(payload: Uint8Array): void
  datagramsWritable(): void
  streamsOpenable(kind: StreamKind): void
  /** The peer has no credit left to open a stream (STREAMS_BLOCKED). */
  streamsBlocked(): void
  /** Both halves of a stream are gone; whether it did any work. undefined: it was none of the session's. */
  streamRetired(id: number): 'worked' | 'wasted' | undefined
  /**
   * Ends the streams that hold credit for nothing.
   *
   * @param pressed credit is scarce
   * @param unreleased streams of no session that were ended long ago and that the peer has not let go of
   */
  sweep(policy: ReaperPolicy, pressed: boolean, unreleased: number): void
  /** GOAWAY: please drain. */
  goaway(): void
  connectionEnded(reason: CloseReason): void
}

/** What a client does differently from a server. */
export interface ConnectionRole {
  /** The peer's SETTINGS are here. @throws H3ConnectionError */
  settingsReceived(settings: Settings): void
  /** The peer opened a request stream; `first` are its first bytes. @throws H3ConnectionError */
  requestArrived(stream: Stream, first: Uint8Array): void
  /** False for an id that cannot be a session's on this connection: H3_ID_ERROR. */
  mayBeSession(id: number): boolean
  goaway(): void
  ended(reason: CloseReason): void
}

export interface Http3Options {
  readonly settings: Iterable<readonly [number, number | bigint]>
  readonly limits: Limits
  readonly clock: Clock
  /** Takes the connection under the rule of a governor; absent: the engine gives back each stream's credit by itself. */
  readonly govern?: ((quic: Connection) => GovernedConnection) | undefined
}

/**
 * One HTTP/3 connection: the control streams, what kind each arriving stream is, and where it and each datagram belong.
 * A rule broken by the peer ends the connection with the code that RFC 9114, 8 wants; nothing is ever thrown upwards.
 */
export class Http3Connection {
  readonly quic: Connection
  readonly limits: Limits
  readonly clock: Clock
  readonly #role: ConnectionRole
  readonly #control: LocalControlStream
  readonly #critical: PeerCriticalStreams
  readonly #waitingRoom: WaitingRoom
  readonly #arrivals: Arrivals
  readonly #abandoned = new AbandonedStreams()
  readonly #timers = new Set<() => void>()
  readonly #governed: GovernedConnection | undefined
  readonly #ownSettings: Settings
  #session: SessionSink | undefined
  #settings: Settings | undefined
  #ended = false

  /** To be made in the turn in which the connection came up: it takes over `quic.events`. */
  constructor(quic: Connection, role: ConnectionRole, options: Http3Options) {
    this.quic = quic
    this.limits = options.limits
    this.clock = options.clock
    this.#role = role
    this.#waitingRoom = new WaitingRoom(options.clock, options.limits)
    this.#arrivals = new Arrivals({
      clock: options.clock,
      deadline: options.limits.headerDeadline,
      identified: (stream, header, rest) => this.#route(stream, header, rest),
      givenUp: (stream, code) => this.#abandon(stream, code),
      guard: (step) => this.guard(step),
    })
    const fail = (error: H3ConnectionError) => this.fail(error)
    const settings = [...options.settings]
    this.#ownSettings = new Map(settings.map(([id, value]) => [id, Number(value)]))
    this.#control = new LocalControlStream(quic, settings, fail)
    this.#critical = new PeerCriticalStreams(quic.side, {
      settings: (settings) => {
        this.#settings = settings
        this.#role.settingsReceived(settings)
      },
      goaway: () => {
        this.#role.goaway()
        this.#session?.goaway()
      },
      guard: (step) => this.guard(step),
    })
    this.#governed = options.govern?.(quic)
    quic.events = {
      streamsAcceptable: (kind) => this.guard(() => this.#accept(kind)),
      streamsBlocked: (kind) => this.guard(() => this.#streamsBlocked(kind)),
      streamsOpenable: (kind) => this.guard(() => this.#session?.streamsOpenable(kind)),
      streamRetired: (id) => this.#retired(id),
      datagramsReadable: () => this.guard(() => this.#readDatagrams()),
      datagramsWritable: () => this.#session?.datagramsWritable(),
      closed: (reason) => this.#closed(reason),
    }
    this.#control.open()
  }

  /** What session flow control begins with, where both ends declare it; undefined: it is off. */
  flowControl(dialect: Dialect): SessionFlowControlTerms | undefined {
    return this.#settings === undefined
      ? undefined
      : negotiateFlowControl(dialect.flowControl, this.#ownSettings, this.#settings)
  }

  /** The peer's SETTINGS; undefined until they have come. */
  get settings(): Settings | undefined {
    return this.#settings
  }

  get session(): SessionSink | undefined {
    return this.#session
  }

  /** True from the moment in which either side closed the connection. */
  get ended(): boolean {
    return this.#ended
  }

  /** Begins a session and hands it what came too early. @throws RangeError when the connection has one already */
  attach(session: SessionSink): void {
    if (this.#session !== undefined) throw new RangeError(`the connection carries session ${this.#session.id} already`)
    this.#session = session
    this.#governed?.sweptBy((policy, pressed) => this.guard(() => this.#sweep(policy, pressed)))
    const early = this.#waitingRoom.take(session.id)
    for (const { stream, held } of early.streams) session.streamArrived(stream, held)
    for (const payload of early.datagrams) session.datagramArrived(payload)
  }

  /** The request with this id will not become a session. */
  refuse(sessionId: number): void {
    this.#waitingRoom.refuse(sessionId)
  }

  /** GOAWAY (RFC 9114, 5.2). */
  sendGoaway(id: number | bigint): void {
    this.#control.sendGoaway(id)
  }

  /** Runs a step in which a protocol error of the peer ends the connection. */
  guard(step: () => void): void {
    if (this.#ended) return
    try {
      step()
    } catch (error) {
      if (error instanceof H3ConnectionError) this.fail(error)
      else throw error
    }
  }

  /** A timer that ends with the connection; the function that comes back cancels it. */
  after(delay: Millis, run: () => void): () => void {
    const cancel = (): void => {
      this.#timers.delete(cancel)
      stop()
    }
    const stop = this.clock.after(delay, () => {
      this.#timers.delete(cancel)
      run()
    })
    this.#timers.add(cancel)
    return cancel
  }

  /** Ends the connection for a rule that the peer broke. */
  fail(error: H3ConnectionError): void {
    this.close(error.httpCode, error.message)
  }

  close(code: number, reason: string): void {
    if (this.#ended) return
    this.#ended = true
    this.#governed?.end()
    this.quic.close(code, reason)
  }

  #streamsBlocked(kind: StreamKind): void {
    this.#governed?.blocked(kind)
    this.#session?.streamsBlocked()
  }

  #retired(id: number): void {
    this.#abandoned.retired(id)
    const work = this.#session?.streamRetired(id) ?? 'wasted'
    this.#governed?.retired(id, work === 'wasted')
  }

  #sweep(policy: ReaperPolicy, pressed: boolean): void {
    const { release } = pressed ? policy.pressed : policy.calm
    this.#session?.sweep(policy, pressed, this.#abandoned.keptSince(this.clock.now() - release))
  }

  #accept(kind: StreamKind): void {
    for (;;) {
      const stream = this.#ended ? undefined : this.quic.acceptStream(kind)
      if (stream === undefined) return
      this.#governed?.opened(kind)
      this.#arrivals.add(stream)
    }
  }

  #route(stream: Stream, header: StreamHeader, rest: Uint8Array): void {
    switch (header.type) {
      case 'webtransport':
        this.#routeToSession(stream, header.sessionId, rest)
        break
      case 'request':
        this.#role.requestArrived(stream, rest)
        break
      case 'control':
      case 'push':
      case 'qpack-encoder':
      case 'qpack-decoder':
        this.#critical.take(stream, header.type, rest)
        break
      case 'unknown':
        // RFC 9114, 6.2.3: never a connection error.
        this.#abandon(stream, ErrorCode.H3_STREAM_CREATION_ERROR)
    }
  }

  /** A stream that nobody will use: both halves end, and the peer owes an answer. */
  #abandon(stream: Stream, httpCode: number): void {
    this.#abandoned.add(stream, httpCode, this.clock.now())
  }

  #routeToSession(stream: Stream, sessionId: number, held: Uint8Array): void {
    // Almost every stream; an id that has to be checked costs a call into the engine.
    if (this.#session?.id === sessionId) {
      this.#session.streamArrived(stream, held)
      return
    }
    this.#checkSessionId(sessionId)
    if (this.#session === undefined) this.#waitingRoom.holdStream(sessionId, stream, held)
    else this.#abandon(stream, ErrorCode.WT_BUFFERED_STREAM_REJECTED)
  }

  #readDatagrams(): void {
    for (;;) {
      const bytes = this.#ended ? undefined : this.quic.receiveDatagram()
      if (bytes === undefined) return
      const { sessionId, payload } = decodeDatagram(bytes)
      if (this.#session?.id === sessionId) {
        this.#session.datagramArrived(payload)
        continue
      }
      this.#checkSessionId(sessionId)
      if (this.#session === undefined) this.#waitingRoom.holdDatagram(sessionId, payload)
    }
  }

  #checkSessionId(sessionId: number): void {
    if (this.#role.mayBeSession(sessionId)) return
    throw new H3ConnectionError(ErrorCode.H3_ID_ERROR, `stream ${sessionId} cannot be a WebTransport session here`)
  }

  #closed(reason: CloseReason): void {
    // The last bytes of the CONNECT stream may have come in the same batch as the end of the connection.
    this.#session?.connectionEnded(reason)
    this.#ended = true
    this.#governed?.end()
    this.#arrivals.clear()
    for (const cancel of this.#timers) cancel()
    this.#waitingRoom.clear()
    this.#role.ended(reason)
  }
}

/** Whether `id` is a client-initiated bidirectional stream that the peer, a client, may have opened by now. */
export function withinStreamLimit(quic: Connection, id: number): boolean {
  const opener: Opener = quic.side === 'server' ? 'them' : 'us'
  return id / 4 < quic.streamCounts('bidi', opener).limit
}
