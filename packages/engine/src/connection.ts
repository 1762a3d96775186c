import type { Opener, StreamCounts, StreamKind } from '@sluice/credit'
import { call } from './call.ts'
import { toConnectionStats } from './connection-stats.ts'
import type {
  CloseReason,
  Connection,
  ConnectionEvents,
  ConnectionStats,
  SocketAddress,
  Stream,
  TransportParameters,
} from './engine.ts'
import { EngineError } from './errors.ts'
import { EventKind } from './events.ts'
import { DATAGRAM_RESULTS, type HotCalls, type NativeEndpoint } from './native.ts'
import { Room } from './room.ts'
import { EngineStream } from './stream.ts'

/** What a connection needs of its endpoint. */
export interface ConnectionOwner {
  readonly native: NativeEndpoint
  readonly slot: number
  readonly hot: HotCalls
  /** Lets the I/O thread work soon. */
  readonly flush: () => void
  /** See `Connection.atEndOfBatch`. */
  readonly atEndOfBatch: (action: () => void) => void
  /** Tells the addon the time. */
  readonly tick: () => void
}

/** What a closed connection still answers: the addon has forgotten it. */
interface Remains {
  readonly stats: ConnectionStats
  readonly counts: ReadonlyMap<string, StreamCounts>
}

/** A connection of the addon. */
export class EngineConnection implements Connection {
  readonly id: number
  readonly side: 'client' | 'server'
  events: ConnectionEvents = {}
  readonly slot: number
  readonly hot: HotCalls
  readonly flush: () => void
  readonly atEndOfBatch: (action: () => void) => void
  readonly #native: NativeEndpoint
  readonly #tick: () => void
  readonly transportParameters: TransportParameters
  readonly #streams = new Map<number, EngineStream>()
  readonly #room: Room
  #remoteAddress: SocketAddress
  #alpn: string | undefined
  #peerCertificate: Uint8Array | undefined
  #peerTransportParameters: TransportParameters | undefined
  #closed = false
  #remains: Remains | undefined

  constructor(owner: ConnectionOwner, id: number, side: 'client' | 'server') {
    const { native } = owner
    this.#native = native
    this.slot = owner.slot
    this.hot = owner.hot
    this.flush = owner.flush
    this.atEndOfBatch = owner.atEndOfBatch
    this.#room = new Room(owner.atEndOfBatch)
    this.#tick = owner.tick
    this.id = id
    this.side = side
    this.#remoteAddress = native.remoteAddress(id)
    this.transportParameters = native.localTransportParameters(id)
    if (side === 'server') this.#learnPeer()
  }

  get remoteAddress(): SocketAddress {
    return this.#remoteAddress
  }

  get alpn(): string | undefined {
    return this.#alpn
  }

  get peerCertificate(): Uint8Array | undefined {
    return this.#peerCertificate
  }

  get peerTransportParameters(): TransportParameters | undefined {
    return this.#peerTransportParameters
  }

  openStream(kind: StreamKind): Stream | undefined {
    this.#mustBeOpen()
    const id = this.hot.openStream(this.slot, this.id, kind === 'uni')
    if (id >= 0) return this.#add(id, kind, 'us')
    // STREAMS_BLOCKED has to go out.
    this.flush()
    return undefined
  }

  acceptStream(kind: StreamKind): Stream | undefined {
    if (this.#closed) return undefined
    const id = this.hot.acceptStream(this.slot, this.id, kind === 'uni')
    if (id < 0) return undefined
    this.flush()
    return this.#add(id, kind, 'them')
  }

  #add(id: number, kind: StreamKind, opener: Opener): EngineStream {
    const stream = new EngineStream(this, id, kind, opener)
    this.#streams.set(id, stream)
    return stream
  }

  nextTurn(): number {
    return this.#room.nextTurn()
  }

  sendDatagram(data: Uint8Array): 'queued' | 'full' | 'too-large' | 'unsupported' {
    this.#mustBeOpen()
    const result = call(() => this.#native.sendDatagram(this.id, data))
    this.flush()
    return DATAGRAM_RESULTS[result] ?? 'unsupported'
  }

  receiveDatagram(): Uint8Array | undefined {
    if (this.#closed) return undefined
    return this.#native.receiveDatagram(this.id) ?? undefined
  }

  get maxDatagramSize(): number {
    return this.#closed ? 0 : this.#native.maxDatagramSize(this.id)
  }

  streamCounts(kind: StreamKind, opener: Opener): StreamCounts {
    const remains = this.#remains?.counts.get(`${kind} ${opener}`)
    if (remains !== undefined) return remains
    this.hot.streamCounts(this.slot, this.id, kind === 'uni', opener === 'them', counts)
    const [limit = 0, opened = 0, accepted = 0, retired = 0] = counts
    return { limit, opened, accepted, retired }
  }

  setMaxConcurrentStreams(kind: StreamKind, count: number): void {
    this.#change(() => this.#native.setMaxConcurrentStreams(this.id, kind === 'uni', count))
  }

  grantStreams(kind: StreamKind, count: number): void {
    this.#change(() => this.#native.grantStreams(this.id, kind === 'uni', count))
  }

  setReceiveWindow(bytes: number): void {
    this.#change(() => this.#native.setReceiveWindow(this.id, bytes))
  }

  setSendWindow(bytes: number): void {
    this.#change(() => this.#native.setSendWindow(this.id, bytes))
  }

  ping(): void {
    this.#change(() => this.#native.ping(this.id))
  }

  stats(): ConnectionStats {
    return this.#remains?.stats ?? toConnectionStats(call(() => this.#native.connectionStats(this.id)))
  }

  exportKeyingMaterial(label: Uint8Array, context: Uint8Array, length: number): Uint8Array {
    this.#mustBeOpen()
    const output = new Uint8Array(length)
    call(() => this.#native.exportKeyingMaterial(this.id, label, context, output))
    return output
  }

  close(code: number, reason: string): void {
    if (this.#closed) return
    this.#tick()
    call(() => this.#native.closeConnection(this.id, code, reason))
    this.flush()
  }

  /** Takes an event of this connection or of one of its streams. */
  handle(kind: number, stream: number, value: number): void {
    switch (kind) {
      case EventKind.readable:
        this.#streams.get(stream)?.onReadable()
        break
      case EventKind.writable: {
        const writer = this.#streams.get(stream)
        if (writer !== undefined) this.#room.announce(writer)
        break
      }
      case EventKind.stopped:
        this.#streams.get(stream)?.onStopped(value)
        break
      case EventKind.finished:
        this.#streams.get(stream)?.onFinished()
        break
      case EventKind.discarded:
        this.#streams.get(stream)?.onDiscarded(value)
        break
      case EventKind.retired:
        this.#streams.delete(stream)
        this.events.streamRetired?.(stream)
        break
      case EventKind.acceptable:
        this.events.streamsAcceptable?.(kindOf(value))
        break
      case EventKind.openable:
        this.events.streamsOpenable?.(kindOf(value))
        break
      case EventKind.streamsBlocked:
        this.events.streamsBlocked?.(kindOf(value))
        break
      case EventKind.datagramsReadable:
        this.events.datagramsReadable?.()
        break
      case EventKind.datagramsWritable:
        this.events.datagramsWritable?.()
        break
      case EventKind.connected:
        this.#learnPeer()
        this.events.connected?.()
        break
      case EventKind.migrated:
        this.#remoteAddress = this.#native.remoteAddress(this.id)
        this.events.migrated?.(this.#remoteAddress)
        break
    }
  }

  /** The addon reported the end; nothing follows. */
  handleClosed(): void {
    this.#remains = {
      stats: toConnectionStats(this.#native.connectionStats(this.id)),
      counts: new Map(
        (['bidi', 'uni'] as const).flatMap((kind) =>
          (['us', 'them'] as const).map((opener) => {
            const counts = this.streamCounts(kind, opener)
            // Those that were alive ended with the connection.
            return [`${kind} ${opener}`, { ...counts, retired: counts.opened }] as const
          }),
        ),
      ),
    }
    const reason: CloseReason = this.#native.takeCloseReason(this.id) ?? UNKNOWN_REASON
    this.#closed = true
    for (const stream of this.#streams.values()) stream.onLost()
    this.#streams.clear()
    this.events.closed?.(reason)
  }

  #learnPeer(): void {
    this.#alpn = this.#native.alpn(this.id) ?? undefined
    this.#peerTransportParameters = this.#native.peerTransportParameters(this.id) ?? undefined
    if (this.side === 'client') this.#peerCertificate = this.#native.peerCertificate(this.id) ?? undefined
  }

  #change(action: () => void): void {
    this.#mustBeOpen()
    try {
      call(action)
    } catch (error) {
      // It has just ended, and `closed` is on its way: nobody above can know yet.
      if (!(error instanceof EngineError) || error.code !== 'ERR_CONNECTION_CLOSED') throw error
    }
    this.flush()
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new EngineError('ERR_CONNECTION_CLOSED', `connection ${this.id} is closed`)
  }
}

/** Filled by the addon, read at once. */
const counts = new Float64Array(4)

/** Cannot be: the addon keeps the reason until it is taken. */
const UNKNOWN_REASON: CloseReason = { kind: 'transport', remote: false, code: 1, reason: 'the reason was lost' }

function kindOf(direction: number): StreamKind {
  return direction === 1 ? 'uni' : 'bidi'
}
