import type {
  CertificateAndKey,
  Connection,
  ConnectOptions,
  Endpoint,
  EndpointOptions,
  EndpointStats,
  Engine,
  SocketAddress,
} from '../engine.ts'
import { EngineError } from '../errors.ts'
import { MemoryConnection } from './connection.ts'
import { MemoryNetwork } from './network.ts'
import { defaultTransport } from './transport.ts'
import { verifies } from './verification.ts'

/**
 * An engine whose packets never leave the process: the same interfaces, exact stream credit and flow control, no
 * sockets, no cryptography, no loss. For tests and the simulator. It does not pass the conformance suite: it counts no
 * frames and packets, has fixed windows, and leaves out priorities, time-outs, key log and the rules for certificates.
 */
export function memoryEngine(network: MemoryNetwork = new MemoryNetwork()): Engine {
  return {
    name: 'memory',
    bind: async (options) => new MemoryEndpoint(network, options),
  }
}

/** One port of a `MemoryNetwork`. */
export class MemoryEndpoint implements Endpoint {
  readonly address: SocketAddress
  readonly #network: MemoryNetwork
  readonly #options: EndpointOptions
  readonly #connections = new Set<MemoryConnection>()
  #certificate: CertificateAndKey | undefined
  #closed: Promise<void> | undefined

  constructor(network: MemoryNetwork, options: EndpointOptions) {
    this.#network = network
    this.#options = options
    this.#certificate = options.server?.certificate
    const port = network.attach(this, options.port ?? 0)
    if (port === undefined) {
      throw new EngineError('ERR_ADDRESS_IN_USE', `port ${options.port} is in use; choose another or 0 for a free one`)
    }
    this.address = { host: options.host ?? '127.0.0.1', port }
  }

  connect(remote: SocketAddress, options: ConnectOptions): Connection {
    if (this.#closed !== undefined) throw new EngineError('ERR_ENDPOINT_CLOSED', 'the endpoint is closed')
    const client = new MemoryConnection({
      network: this.#network,
      side: 'client',
      remoteAddress: remote,
      alpn: options.alpn[0],
      transport: defaultTransport({ ...this.#options.transport, ...options.transport }),
      onEnd: (connection) => this.#connections.delete(connection),
    })
    this.#connections.add(client)
    this.#network.post(() => this.#network.endpointAt(remote.port)?.accept(client, this.address, options))
    return client
  }

  /** A client's first packet arrived. */
  accept(client: MemoryConnection, from: SocketAddress, options: ConnectOptions): void {
    const server = this.#options.server
    const certificate = this.#certificate?.certificate
    if (server === undefined || certificate === undefined) return
    const alpn = options.alpn.find((name) => server.alpn.includes(name))
    const failure = alpn === undefined ? 'no common ALPN' : verifies(certificate, options.verify)
    if (failure !== undefined) {
      // 0x100 + TLS alert: no_application_protocol 120, bad_certificate 42 (RFC 9001, 4.8).
      const code = 0x100 + (alpn === undefined ? 120 : 42)
      this.#network.post(() => client.end({ kind: 'tls', remote: alpn === undefined, code, reason: failure }))
      return
    }
    const connection = new MemoryConnection({
      network: this.#network,
      side: 'server',
      remoteAddress: from,
      alpn,
      transport: defaultTransport(this.#options.transport ?? {}),
      onEnd: (ended) => this.#connections.delete(ended),
    })
    this.#connections.add(connection)
    connection.pair(client)
    client.pair(connection, certificate)
    this.#network.post(() => client.events.connected?.())
    this.#options.onConnection?.(connection)
  }

  setCertificate(certificate: CertificateAndKey): void {
    this.#certificate = certificate
  }

  stats(): EndpointStats {
    return {
      connections: this.#connections.size,
      handshakesInFlight: 0,
      handshakesRefused: 0,
      retriesSent: 0,
      datagramsReceived: 0,
      datagramsSent: 0,
    }
  }

  close(code = 0, reason = ''): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      for (const connection of this.#connections) connection.close(code, reason)
      this.#network.detach(this.address.port)
      this.#network.post(resolve)
    })
    return this.#closed
  }
}
