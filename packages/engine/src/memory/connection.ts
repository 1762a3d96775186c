import { createHash } from 'node:crypto'
import type { Opener, StreamCounts, StreamKind } from '@sluice/credit'
import type {
  CloseReason,
  Connection,
  ConnectionEvents,
  ConnectionStats,
  SocketAddress,
  Stream,
  TransportParameters,
} from '../engine.ts'
import { EngineError } from '../errors.ts'
import type { MemoryNetwork } from './network.ts'
import { MemoryStream, type StreamHost } from './stream.ts'
import { StreamTable } from './stream-table.ts'
import { type MemoryTransport, NO_FRAMES, transportParameters } from './transport.ts'

const MAX_DATAGRAM = 1_200
let lastId = 0

export interface MemoryConnectionOptions {
  readonly network: MemoryNetwork
  readonly side: 'client' | 'server'
  readonly remoteAddress: SocketAddress
  readonly alpn: string | undefined
  readonly transport: MemoryTransport
  readonly onEnd: (connection: MemoryConnection) => void
}

/** One end of a connection between two memory endpoints. */
export class MemoryConnection implements Connection, StreamHost {
  readonly id: number
  readonly side: 'client' | 'server'
  readonly remoteAddress: SocketAddress
  readonly alpn: string | undefined
  events: ConnectionEvents = {}
  peerCertificate: Uint8Array | undefined
  readonly #options: MemoryConnectionOptions
  readonly #tables: Readonly<Record<StreamKind, Readonly<Record<Opener, StreamTable>>>>
  readonly #streams = new Map<number, MemoryStream>()
  readonly #concurrent: Record<StreamKind, number>
  #datagrams: Uint8Array[] = []
  #datagramsAnnounced = false
  #peer: MemoryConnection | undefined
  #sendWindow = 0
  #ended = false

  constructor(options: MemoryConnectionOptions) {
    lastId += 1
    this.id = lastId
    this.#options = options
    this.side = options.side
    this.remoteAddress = options.remoteAddress
    this.alpn = options.alpn
    const table = (kind: StreamKind, opener: Opener) => new StreamTable(kind, opener, options.side)
    this.#tables = {
      bidi: { us: table('bidi', 'us'), them: table('bidi', 'them') },
      uni: { us: table('uni', 'us'), them: table('uni', 'them') },
    }
    this.#concurrent = { bidi: options.transport.maxIncomingBidi, uni: options.transport.maxIncomingUni }
    this.#tables.bidi.them.limit = this.#concurrent.bidi
    this.#tables.uni.them.limit = this.#concurrent.uni
  }

  /** The handshake is over: takes the peer's transport parameters. */
  pair(peer: MemoryConnection, certificate?: Uint8Array): void {
    this.#peer = peer
    this.peerCertificate = certificate
    const theirs = peer.transportParameters
    this.#tables.bidi.us.limit = theirs.initialMaxStreamsBidi
    this.#tables.uni.us.limit = theirs.initialMaxStreamsUni
    this.#sendWindow = theirs.initialMaxData
  }

  get transportParameters(): TransportParameters {
    return transportParameters(this.#options.transport)
  }

  get peerTransportParameters(): TransportParameters | undefined {
    return this.#peer?.transportParameters
  }

  openStream(kind: StreamKind): Stream | undefined {
    if (this.#ended) throw new EngineError('ERR_CONNECTION_CLOSED', 'the connection is closed')
    const table = this.#tables[kind].us
    if (table.opened >= table.limit) {
      if (table.saysBlocked()) this.post(() => this.#peer?.streamsBlocked(kind))
      return undefined
    }
    return this.#create(table)
  }

  acceptStream(kind: StreamKind): Stream | undefined {
    const stream = this.#tables[kind].them.take()
    if (stream !== undefined) {
      this.post(() => {
        stream.receiveHalf?.announce(true)
        stream.sendHalf?.announce()
      })
    }
    return stream
  }

  sendDatagram(data: Uint8Array): 'queued' | 'full' | 'too-large' | 'unsupported' {
    if (this.maxDatagramSize === 0) return 'unsupported'
    if (data.length > this.maxDatagramSize) return 'too-large'
    const copy = data.slice()
    this.post(() => this.#peer?.datagramArrived(copy))
    return 'queued'
  }

  receiveDatagram(): Uint8Array | undefined {
    const datagram = this.#datagrams.shift()
    if (datagram === undefined) this.#datagramsAnnounced = false
    return datagram
  }

  get maxDatagramSize(): number {
    return Math.min(MAX_DATAGRAM, this.#peer?.transportParameters.maxDatagramFrameSize ?? 0)
  }

  streamCounts(kind: StreamKind, opener: Opener): StreamCounts {
    const { counts } = this.#tables[kind][opener]
    return this.#ended ? { ...counts, retired: counts.opened } : counts
  }

  setMaxConcurrentStreams(kind: StreamKind, count: number): void {
    this.#concurrent[kind] = count
    this.#replenish(kind)
  }

  grantStreams(kind: StreamKind, count: number): void {
    this.#raise(kind, this.#tables[kind].them.limit + count)
  }

  setReceiveWindow(): void {
    // The windows of this engine are fixed at the handshake.
  }

  setSendWindow(): void {
    // Nothing waits unsent here.
  }

  ping(): void {
    // Nothing to keep alive.
  }

  stats(): ConnectionStats {
    return {
      rtt: 0,
      minRtt: 0,
      rttVariation: 0,
      congestionWindow: 0,
      pathMtu: MAX_DATAGRAM,
      packetsSent: 0,
      packetsReceived: 0,
      packetsLost: 0,
      bytesSent: 0,
      bytesReceived: 0,
      bytesLost: 0,
      datagramsDropped: 0,
      frames: { sent: NO_FRAMES, received: NO_FRAMES },
    }
  }

  exportKeyingMaterial(label: Uint8Array, context: Uint8Array, length: number): Uint8Array {
    // Both ends agree and other connections differ, which is all that a test can ask of it.
    const pair = Math.min(this.id, this.#peer?.id ?? this.id)
    const hash = createHash('shake256', { outputLength: length })
    return new Uint8Array(hash.update(`${pair}:`).update(label).update(context).digest())
  }

  close(code: number, reason: string): void {
    const peer = this.#peer
    if (this.#ended) return
    this.post(() => peer?.end({ kind: 'application', remote: true, code, reason }))
    this.end({ kind: 'application', remote: false, code, reason })
  }

  /** The connection is over: streams are lost at once, the callback comes in its turn. */
  end(reason: CloseReason): void {
    if (this.#ended) return
    this.#ended = true
    this.#options.onEnd(this)
    this.post(() => this.events.closed?.(reason))
  }

  get lost(): boolean {
    return this.#ended
  }

  get peerTakesResetStreamAt(): boolean {
    return this.peerTransportParameters?.resetStreamAt ?? false
  }

  get peerStreamWindow(): number {
    return this.peerTransportParameters?.initialMaxStreamDataUni ?? 0
  }

  post(delivery: () => void): void {
    this.#options.network.post(delivery)
  }

  deliver(id: number, delivery: (stream: MemoryStream) => void): void {
    this.post(() => {
      const stream = this.#peer?.streamFor(id)
      if (stream !== undefined) delivery(stream)
    })
  }

  takeWindow(wanted: number): number {
    const taken = Math.min(wanted, this.#sendWindow)
    this.#sendWindow -= taken
    return taken
  }

  returnWindow(bytes: number): void {
    this.post(() => this.#peer?.windowRaised(bytes))
  }

  windowRaised(bytes: number): void {
    const wasEmpty = this.#sendWindow === 0
    this.#sendWindow += bytes
    if (wasEmpty) for (const stream of this.#streams.values()) stream.sendHalf?.roomAgain()
  }

  retired(stream: MemoryStream): void {
    this.post(() => {
      this.#streams.delete(stream.id)
      this.#tables[stream.kind][stream.opener].retire()
      if (stream.opener === 'them') this.#replenish(stream.kind)
      if (!this.#ended) this.events.streamRetired?.(stream.id)
    })
  }

  /** The stream of a frame that arrived; a new id opens all lower ones of its type too (RFC 9000, 2.1). */
  streamFor(id: number): MemoryStream | undefined {
    if (this.#ended) return undefined
    const table = this.#tables[(id & 2) === 0 ? 'bidi' : 'uni'].them
    const ours = (id & 1) === (this.side === 'server' ? 1 : 0)
    while (!ours && table.indexOf(id) >= table.opened) {
      if (table.hold(this.#create(table))) this.post(() => this.events.streamsAcceptable?.(table.kind))
    }
    return this.#streams.get(id)
  }

  datagramArrived(data: Uint8Array): void {
    if (this.#ended) return
    this.#datagrams.push(data)
    if (this.#datagramsAnnounced) return
    this.#datagramsAnnounced = true
    this.events.datagramsReadable?.()
  }

  limitRaised(kind: StreamKind, limit: number): void {
    const table = this.#tables[kind].us
    if (limit <= table.limit || this.#ended) return
    table.limit = limit
    this.events.streamsOpenable?.(kind)
  }

  streamsBlocked(kind: StreamKind): void {
    if (!this.#ended) this.events.streamsBlocked?.(kind)
  }

  #create(table: StreamTable): MemoryStream {
    const stream = new MemoryStream(this, table.nextId(), table.kind, table.opener)
    table.opened += 1
    this.#streams.set(stream.id, stream)
    return stream
  }

  #replenish(kind: StreamKind): void {
    this.#raise(kind, this.#tables[kind].them.counts.retired + this.#concurrent[kind])
  }

  #raise(kind: StreamKind, limit: number): void {
    const table = this.#tables[kind].them
    if (limit <= table.limit) return
    table.limit = limit
    this.post(() => this.#peer?.limitRaised(kind, limit))
  }
}
