import type {
  Connection,
  ConnectOptions,
  Endpoint,
  EndpointOptions,
  Engine,
  ServerOptions,
  TransportOptions,
} from '../engine.ts'
import { makeCertificate, type TestCertificate } from '../testing/certificate.ts'
import { Condition } from './condition.ts'
import { Peer } from './peer.ts'

export const ALPN = 'sluice-conformance'

/** One certificate for all tests that do not ask for another. */
export const certificate: TestCertificate = makeCertificate()

export function bytes(length: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8) + seed) & 0xff)
}

/** Connects as a test that has nothing special to ask. */
export const connectOptions: ConnectOptions = {
  alpn: [ALPN],
  serverName: certificate.name,
  verify: { certificateHashes: [certificate.hash] },
}

/** A listening endpoint, and the connections that came to it. */
export class Listener {
  readonly endpoint: Endpoint
  readonly peers: Peer[]
  readonly #condition: Condition

  constructor(endpoint: Endpoint, peers: Peer[], condition: Condition) {
    this.endpoint = endpoint
    this.peers = peers
    this.#condition = condition
  }

  /** The `index`th connection, when it comes. */
  peer(index = 0): Promise<Peer> {
    return this.#condition.value(`connection ${index}`, () => this.peers[index])
  }
}

export async function listen(
  engine: Engine,
  options: Partial<ServerOptions> & { endpoint?: Omit<EndpointOptions, 'server'> } = {},
): Promise<Listener> {
  const { endpoint: rest, ...server } = options
  const peers: Peer[] = []
  const condition = new Condition()
  const endpoint = await engine.bind({
    ...rest,
    server: { alpn: [ALPN], certificate, ...server },
    onConnection: (connection: Connection) => {
      peers.push(new Peer(connection))
      condition.changed()
    },
  })
  return new Listener(endpoint, peers, condition)
}

export interface PairOptions {
  /** Of both ends. */
  readonly transport?: TransportOptions
  readonly server?: TransportOptions
  readonly client?: TransportOptions
}

export interface Pair {
  readonly client: Peer
  readonly server: Peer
  readonly listener: Listener
  readonly dialer: Endpoint
}

/** Runs `body` with a connection. */
export async function withPair(
  engine: Engine,
  options: PairOptions,
  body: (pair: Pair) => Promise<void>,
): Promise<void> {
  const listener = await listen(engine, { endpoint: { transport: { ...options.transport, ...options.server } } })
  const dialer = await engine.bind({ transport: { ...options.transport, ...options.client } })
  const client = new Peer(dialer.connect(listener.endpoint.address, connectOptions))
  await client.connected()
  await body({ client, server: await listener.peer(), listener, dialer })
}

/** Both ways to look at a pair: tests of symmetric things run with each end as the opener. */
export const OPENERS = ['client', 'server'] as const
export const KINDS = ['bidi', 'uni'] as const

/** The opener of streams and the other end. */
export function ends(pair: Pair, opener: (typeof OPENERS)[number]): { us: Peer; them: Peer } {
  return opener === 'client' ? { us: pair.client, them: pair.server } : { us: pair.server, them: pair.client }
}
