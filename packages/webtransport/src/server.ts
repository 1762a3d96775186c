import {
  type CertificateAndKey,
  type Connection,
  type Endpoint,
  type EndpointStats,
  type Engine,
  quinnEngine,
  type SocketAddress,
  type TransportOptions,
} from '@sluice/engine'
import { ErrorCode, type SessionLimits, serverSettings } from '@sluice/h3'
import { type Clock, systemClock } from './clock.ts'
import { Governor } from './governor/governor.ts'
import type { GovernorOptions } from './governor/options.ts'
import { defaultLimits, type Limits } from './limits.ts'
import type { SessionAnswer, SessionRequest } from './request/server-request.ts'
import { ServerConnection } from './server-connection.ts'
import type { WebTransportSession } from './session/webtransport-session.ts'
import { declaredLimits, type SessionFlowControlOptions } from './session-limits.ts'

const TOO_MANY_REQUESTS = 429

export interface ListenOptions {
  /** The QUIC engine to run on; default `quinnEngine`. */
  readonly engine?: Engine
  /** IP literal to bind; default 127.0.0.1. */
  readonly host?: string
  /** UDP port; 0 (default) picks a free one. */
  readonly port?: number
  readonly certificate: CertificateAndKey
  /**
   * Says who may have a session: path, query, origin and headers are its to judge. It has until
   * `limits.connectDeadline`; if it throws, the client gets a 500. Absent: everyone may.
   */
  readonly handler?: (request: SessionRequest) => SessionAnswer | Promise<SessionAnswer>
  /** Called with each accepted session, in the turn in which its 200 was written. */
  readonly onSession: (session: WebTransportSession, request: SessionRequest) => void
  /** The handler threw, or answered what cannot be sent; default: a process warning. */
  readonly onHandlerError?: (error: unknown) => void
  /** Sessions from which on more are refused with 429; default 10,000. */
  readonly maxSessions?: number
  /** Connections from which on more are refused with CONNECTION_REFUSED; default 10,000. */
  readonly maxConnections?: number
  /** Handshakes in flight from which on clients must prove their address by Retry; see `ServerOptions`. */
  readonly retryAbove?: number
  /** Handshakes in flight from which on more are refused; see `ServerOptions`. */
  readonly maxHandshakes?: number
  readonly limits?: Partial<Limits>
  /** `maxIncomingBidi` and `maxIncomingUni` are the most that the governor lets one client have open at once. */
  readonly transport?: TransportOptions
  /** Grants stream credit to the clients. A `Governor` may serve several servers; default: one of its own. */
  readonly governor?: Governor | Partial<GovernorOptions>
  /**
   * Declares session flow control, which is then on with every client that declares it too; default: declared without
   * limits, for the sake of Safari (docs/decisions/session-flow-control.md).
   */
  readonly sessionFlowControl?: SessionFlowControlOptions | false
  /** Changes the SETTINGS that every known client accepts; the map may be edited or replaced. */
  readonly settings?: (settings: Map<number, number>) => Iterable<readonly [number, number | bigint]>
  /** Called with each line of the TLS key log. */
  readonly onKeyLog?: (line: string) => void
  readonly clock?: Clock
}

/** A WebTransport server. */
export interface Server {
  readonly address: SocketAddress
  /** Sessions that have not ended. */
  readonly sessions: ReadonlySet<WebTransportSession>
  /** Swaps the certificate for new connections; those that stand keep theirs. */
  setCertificate(certificate: CertificateAndKey): void
  /** No new sessions from now on; those that stand are asked to end (GOAWAY and DRAIN). */
  drain(): void
  /** Closes every session, waits for the peers up to `limits.closeTimeout`, then frees the port. */
  close(info?: { readonly closeCode?: number; readonly reason?: string }): Promise<void>
  stats(): EndpointStats
  /** Grants stream credit to the clients. */
  readonly governor: Governor
}

/**
 * Starts a WebTransport server.
 *
 * @throws InvalidArgumentError for limits that cannot be, EngineError as `Engine.bind`
 */
export async function listen(options: ListenOptions): Promise<Server> {
  const server = new WebTransportServer(options)
  await server.bind()
  return server
}

class WebTransportServer implements Server {
  readonly #options: ListenOptions
  readonly #limits: Limits
  readonly governor: Governor
  readonly #sessionLimits: SessionLimits | undefined
  readonly #sessions = new Set<WebTransportSession>()
  readonly #connections = new Set<ServerConnection>()
  #endpoint: Endpoint | undefined
  #draining = false
  #closing: Promise<void> | undefined

  constructor(options: ListenOptions) {
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
    const { governor, clock } = options
    this.governor = governor instanceof Governor ? governor : new Governor(governor, clock)
    this.#sessionLimits = declaredLimits(options.sessionFlowControl ?? {})
  }

  async bind(): Promise<void> {
    const {
      engine = quinnEngine,
      host,
      port,
      certificate,
      retryAbove,
      maxHandshakes,
      maxConnections,
      transport,
      onKeyLog,
    } = this.#options
    this.#endpoint = await engine.bind({
      ...given({ host, port, onKeyLog }),
      transport: this.governor.announced(transport),
      server: { alpn: ['h3'], certificate, ...given({ retryAbove, maxHandshakes, maxConnections }) },
      onConnection: (quic) => this.#connected(quic),
    })
  }

  get address(): SocketAddress {
    return this.#bound().address
  }

  get sessions(): ReadonlySet<WebTransportSession> {
    return this.#sessions
  }

  setCertificate(certificate: CertificateAndKey): void {
    this.#bound().setCertificate(certificate)
  }

  drain(): void {
    this.#draining = true
    for (const session of this.#sessions) session.drain()
    for (const connection of this.#connections) connection.drain()
  }

  close(info: { readonly closeCode?: number; readonly reason?: string } = {}): Promise<void> {
    this.#closing ??= this.#close(info)
    return this.#closing
  }

  stats(): EndpointStats {
    return this.#bound().stats()
  }

  async #close(info: { readonly closeCode?: number; readonly reason?: string }): Promise<void> {
    this.#draining = true
    const sessions = [...this.#sessions]
    for (const session of sessions) session.close(info)
    await Promise.all(sessions.map((session) => session.closed))
    await this.#bound().close(ErrorCode.H3_NO_ERROR, '')
  }

  #connected(quic: Connection): void {
    const settings = serverSettings({
      maxFieldSectionSize: this.#limits.maxFieldSectionSize,
      sessionLimits: this.#sessionLimits,
      grease: quic.id,
    })
    const connection = new ServerConnection(quic, {
      settings: this.#options.settings?.(settings) ?? settings,
      limits: this.#limits,
      clock: this.#options.clock ?? systemClock,
      govern: (governed) => this.governor.govern(governed, this.#options.transport),
      handler: this.#options.handler ?? (() => ({ accept: true })),
      full: () => (this.#sessions.size >= (this.#options.maxSessions ?? 10_000) ? TOO_MANY_REQUESTS : undefined),
      onHandlerError: this.#options.onHandlerError ?? warn,
      onSession: (session, request) => this.#began(session, request),
      onEnd: (ended) => this.#connections.delete(ended),
    })
    this.#connections.add(connection)
    if (this.#draining) connection.drain()
  }

  #began(session: WebTransportSession, request: SessionRequest): void {
    this.#sessions.add(session)
    void session.closed.then(() => this.#sessions.delete(session))
    this.#options.onSession(session, request)
  }

  #bound(): Endpoint {
    if (this.#endpoint === undefined) throw new TypeError('the server is not bound yet')
    return this.#endpoint
  }
}

/** The entries that have a value, so that an absent option stays absent. */
function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error), 'WebTransportHandler')
}
