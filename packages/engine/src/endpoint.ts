import { call } from './call.ts'
import { type ConnectionOwner, EngineConnection } from './connection.ts'
import type { EndpointHost } from './endpoint-host.ts'
import type {
  CertificateAndKey,
  Connection,
  ConnectOptions,
  Endpoint,
  EndpointOptions,
  EndpointStats,
  SocketAddress,
} from './engine.ts'
import { EngineError } from './errors.ts'
import { drainEvents, EventKind } from './events.ts'
import type { NativeEndpoint } from './native.ts'

/** An endpoint of the addon. */
export class EngineEndpoint implements Endpoint {
  readonly address: SocketAddress
  readonly #options: EndpointOptions
  readonly #host: EndpointHost
  readonly #native: NativeEndpoint
  readonly #owner: ConnectionOwner
  readonly #connections = new Map<number, EngineConnection>()
  readonly #stopped = Promise.withResolvers<void>()
  #closing = false
  #flushWanted = false
  #draining = false
  /** Whatever waits for the end of the batch. */
  #deferred: (() => void)[] = []

  constructor(host: EndpointHost, options: EndpointOptions) {
    this.#host = host
    this.#options = options
    this.#native = call(() =>
      host.bind(
        {
          host: options.host,
          port: options.port,
          server: options.server && { ...options.server, alpn: [...options.server.alpn] },
          transport: options.transport,
          keyLog: options.onKeyLog !== undefined,
        },
        this.#drain,
      ),
    )
    this.#owner = {
      native: this.#native,
      slot: this.#native.slot(),
      hot: host.hot,
      flush: this.#flush,
      atEndOfBatch: this.#atEndOfBatch,
      tick: () => host.tick(),
    }
    this.address = this.#native.address()
  }

  connect(remote: SocketAddress, options: ConnectOptions): Connection {
    this.#mustBeOpen()
    const { verify } = options
    this.#host.tick()
    const id = call(() =>
      this.#native.connect({
        ...remote,
        alpn: [...options.alpn],
        serverName: options.serverName,
        certificateHashes: 'certificateHashes' in verify ? [...verify.certificateHashes] : undefined,
        roots: 'roots' in verify ? [...verify.roots] : undefined,
        transport: options.transport,
      }),
    )
    this.#flush()
    return this.#add(id, 'client')
  }

  setCertificate(certificate: CertificateAndKey): void {
    this.#mustBeOpen()
    call(() => this.#native.setCertificate(certificate))
  }

  stats(): EndpointStats {
    const [
      connections = 0,
      handshakesInFlight = 0,
      handshakesRefused = 0,
      retriesSent = 0,
      datagramsReceived = 0,
      datagramsSent = 0,
    ] = this.#native.stats()
    return { connections, handshakesInFlight, handshakesRefused, retriesSent, datagramsReceived, datagramsSent }
  }

  close(code = 0, reason = ''): Promise<void> {
    if (!this.#closing) {
      this.#host.tick()
      try {
        call(() => this.#native.close(code, reason))
      } catch (error) {
        return Promise.reject(error)
      }
      this.#closing = true
      this.#flush()
    }
    return this.#stopped.promise
  }

  #add(id: number, side: 'client' | 'server'): EngineConnection {
    const connection = new EngineConnection(this.#owner, id, side)
    this.#connections.set(id, connection)
    return connection
  }

  /** Sends once for all calls of this turn. */
  readonly #flush = (): void => {
    if (this.#flushWanted) return
    this.#flushWanted = true
    if (!this.#draining) queueMicrotask(this.#flushNow)
  }

  readonly #flushNow = (): void => {
    if (!this.#flushWanted) return
    this.#flushWanted = false
    this.#owner.hot.flush(this.#owner.slot)
  }

  readonly #atEndOfBatch = (action: () => void): void => {
    if (this.#deferred.push(action) === 1 && !this.#draining) queueMicrotask(this.#runDeferred)
  }

  readonly #runDeferred = (): void => {
    while (this.#deferred.length > 0) {
      const actions = this.#deferred
      this.#deferred = []
      for (const action of actions) action()
    }
  }

  /** Called by the addon when events wait. What the callbacks ask for is sent when all of them are done. */
  readonly #drain = (): void => {
    this.#draining = true
    try {
      drainEvents(this.#owner.hot, this.#owner.slot, this.#handle)
      this.#runDeferred()
    } finally {
      this.#draining = false
      this.#flushNow()
    }
  }

  readonly #handle = (kind: number, id: number, stream: number, value: number): void => {
    switch (kind) {
      case EventKind.incoming:
        this.#options.onConnection?.(this.#add(id, 'server'))
        break
      case EventKind.closed: {
        const connection = this.#connections.get(id)
        this.#connections.delete(id)
        connection?.handleClosed()
        break
      }
      case EventKind.keyLog:
        for (const line of this.#native.takeKeyLog()) this.#options.onKeyLog?.(line)
        break
      case EventKind.endpointStopped:
        this.#finish()
        break
      default:
        this.#connections.get(id)?.handle(kind, stream, value)
    }
  }

  /** The loop has ended: asked to, or because the socket broke down. */
  #finish(): void {
    this.#closing = true
    this.#host.stopped(this.#native)
    this.#stopped.resolve()
  }

  #mustBeOpen(): void {
    if (this.#closing) throw new EngineError('ERR_ENDPOINT_CLOSED', 'the endpoint is closed')
  }
}
