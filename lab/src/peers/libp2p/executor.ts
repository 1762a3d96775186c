import type { Identify } from '@libp2p/identify'
import type { Connection, PeerId, Stream } from '@libp2p/interface'
import type { Ping } from '@libp2p/ping'
import { multiaddr } from '@multiformats/multiaddr'
import type { Libp2p } from 'libp2p'
import type { Commands, ConnectionReport, EchoResult, PeerEvent, StreamsOptions, StreamsResult } from '../commands.ts'
import { echoProtocol, exchange, serveEcho } from './echo.ts'
import { checksum, pattern } from './pattern.ts'

/** Services that a js-libp2p peer of the lab has. */
export type LabServices = { identify: Identify; ping: Ping }

/** The lab measures the transport, not libp2p's limit per protocol. */
const unlimited = { maxInboundStreams: Number.POSITIVE_INFINITY, maxOutboundStreams: Number.POSITIVE_INFINITY }

/** Carries out the lab's commands on a js-libp2p node, on Node and in a page alike. */
export class Executor {
  readonly #libp2p: Libp2p<LabServices>

  constructor(libp2p: Libp2p<LabServices>) {
    this.#libp2p = libp2p
  }

  /** Serves the echo protocol and reports what happens by itself. */
  async start(report: (event: PeerEvent) => void): Promise<void> {
    await this.#libp2p.handle(echoProtocol, serveEcho, unlimited)
    this.#libp2p.addEventListener('connection:open', ({ detail: { remotePeer, direction } }) =>
      report({ event: 'connected', peerId: remotePeer.toString(), direction }),
    )
    this.#libp2p.addEventListener('connection:close', ({ detail: { remotePeer, direction } }) =>
      report({ event: 'disconnected', peerId: remotePeer.toString(), direction }),
    )
    report({
      event: 'listening',
      peerId: this.#libp2p.peerId.toString(),
      addresses: this.#libp2p.getMultiaddrs().map((address) => address.toString()),
    })
  }

  async dial({ address, timeout }: Commands['dial']['options']): Promise<Commands['dial']['result']> {
    const start = performance.now()
    const connection = await this.#libp2p.dial(multiaddr(address), { signal: AbortSignal.timeout(timeout ?? 30_000) })
    return { peerId: connection.remotePeer.toString(), milliseconds: performance.now() - start }
  }

  async identify({ timeout }: Commands['identify']['options']): Promise<Commands['identify']['result']> {
    const signal = AbortSignal.timeout(timeout ?? 30_000)
    const result = await this.#libp2p.services.identify.identify(this.#connection(), { signal })
    return { peerId: result.peerId.toString(), protocols: result.protocols, agent: result.agentVersion ?? '' }
  }

  async ping({ count, timeout }: Commands['ping']['options']): Promise<Commands['ping']['result']> {
    const signal = AbortSignal.timeout(timeout ?? 30_000)
    const milliseconds: number[] = []
    for (let i = 0; i < count; i++) milliseconds.push(await this.#libp2p.services.ping.ping(this.#remote(), { signal }))
    return { milliseconds }
  }

  async echo({ size, timeout }: Commands['echo']['options']): Promise<EchoResult> {
    const signal = AbortSignal.timeout(timeout ?? 60_000)
    const message = pattern(size)
    const stream = await this.#open(signal)
    const start = performance.now()
    const parts = await exchange(stream, message, signal)
    const milliseconds = performance.now() - start
    const bytes = parts.reduce((sum, part) => sum + part.byteLength, 0)
    return { bytes, sent: await checksum([message]), received: await checksum(parts), milliseconds }
  }

  async streams({ count, width, size, timeout }: StreamsOptions): Promise<StreamsResult> {
    const signal = AbortSignal.timeout(timeout ?? 60_000)
    const message = pattern(size)
    const failures: Record<string, number> = {}
    let begun = 0
    let echoed = 0
    const worker = async (): Promise<void> => {
      while (begun < count) {
        begun += 1
        try {
          const parts = await exchange(await this.#open(signal), message, signal)
          const bytes = parts.reduce((sum, part) => sum + part.byteLength, 0)
          if (bytes !== size) throw new RangeError(`echoed ${bytes} bytes of ${size}`)
          echoed += 1
        } catch (error) {
          const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
          failures[text] = (failures[text] ?? 0) + 1
        }
      }
    }
    const start = performance.now()
    await Promise.all(Array.from({ length: width === 0 ? count : Math.min(width, count) }, worker))
    return { asked: count, echoed, failures, milliseconds: performance.now() - start }
  }

  connections(): ConnectionReport[] {
    return this.#libp2p.getConnections().map((connection) => ({
      peerId: connection.remotePeer.toString(),
      address: connection.remoteAddr.toString(),
      direction: connection.direction,
      streams: connection.streams.length,
      status: connection.status,
    }))
  }

  async close({ timeout }: Commands['close']['options']): Promise<null> {
    await this.#connection().close({ signal: AbortSignal.timeout(timeout ?? 10_000) })
    return null
  }

  async #open(signal: AbortSignal): Promise<Stream> {
    return await this.#connection().newStream(echoProtocol, { signal, ...unlimited })
  }

  #remote(): PeerId {
    return this.#connection().remotePeer
  }

  #connection(): Connection {
    const connection = this.#libp2p.getConnections()[0]
    if (connection === undefined) throw new RangeError('no peer is connected')
    return connection
  }
}
