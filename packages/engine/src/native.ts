import type { CloseReason, TransportOptions, TransportParameters } from './engine.ts'

/** The addon as it is called (`crates/engine-node`). Internal: what users see is `engine.ts`. */
export interface Addon {
  readonly NativeEndpoint: {
    /** @param announce called when events wait to be drained; not again before they were */
    bind(options: NativeEndpointOptions, announce: () => void): NativeEndpoint
  }
  readonly NativeVirtualLoop: {
    /** @param firstConnection connections are numbered from here */
    bind(options: NativeEndpointOptions, seed: number, firstConnection: number): NativeVirtualLoop
  }
  readonly hot: HotCalls
  /** A hash of the sources that it was made from, by `scripts/engine-sources.mjs`; null where the build did not say. */
  readonly sources: string | null
}

/** Works for an endpoint that has neither thread nor socket. Times are microseconds since it was made. */
export interface NativeVirtualLoop {
  /** The endpoint that this is the loop of; asked once. */
  endpoint(): NativeEndpoint
  /** For all calls until the next. */
  setNow(now: number): void
  receive(host: string, port: number, data: Uint8Array): void
  /** Lets timers fire and connections send; events wait to be drained afterwards. */
  work(): NativeDatagram[]
  /** When `work` wants to be called next. */
  nextTimeout(): number | null
}

export interface NativeDatagram {
  readonly to: { readonly host: string; readonly port: number }
  readonly data: Uint8Array
}

/**
 * Calls that happen for each stream and each chunk, made so that they cost little: no methods, numbers only. They name
 * the endpoint by its slot and a connection by its number, and answer in one number, which the constants below name;
 * each can be `LOST`.
 */
export interface HotCalls {
  /** Sends what calls since the last flush have asked for, or lets the I/O thread do it. */
  flush(slot: number): number
  /** Fills `records` with events, four numbers each; how many there are. */
  drain(slot: number, records: Float64Array): number
  /** Stream number; below 0: no credit, or `LOST`. */
  openStream(slot: number, connection: number, uni: boolean): number
  /** Stream number; below 0: none waits, or `LOST`. */
  acceptStream(slot: number, connection: number, uni: boolean): number
  /** Bytes times four plus a `ReadMark`; `ENDED`; or `RESET` minus the code. */
  read(slot: number, connection: number, stream: number, slab: Uint8Array, max: number): number
  /** Bytes taken, or `ENDED`. */
  write(slot: number, connection: number, stream: number, data: Uint8Array, length: number): number
  finish(slot: number, connection: number, stream: number): number
  /** `reliableSize` below 0: a plain RESET_STREAM. */
  reset(slot: number, connection: number, stream: number, code: number, reliableSize: number): number
  stopSending(slot: number, connection: number, stream: number, code: number): number
  setPriority(slot: number, connection: number, stream: number, priority: number): number
  /** Bytes acknowledged, or `ENDED`. */
  acknowledged(slot: number, connection: number, stream: number): number
  /** Fills `counts` with limit, opened, accepted, retired. */
  streamCounts(slot: number, connection: number, uni: boolean, byPeer: boolean, counts: Float64Array): number
}

/** Calls about an endpoint or a whole connection; the latter is named by its number. */
export interface NativeEndpoint {
  slot(): number
  address(): { host: string; port: number }
  close(code: number, reason: string): void
  join(): void
  shutDown(): void
  connect(options: NativeConnectOptions): number
  setCertificate(identity: { certificate: Uint8Array; privateKey: Uint8Array }): void
  /** connections, handshakes in flight, refused, retries, datagrams received and sent */
  stats(): Float64Array
  takeKeyLog(): string[]
  takeCloseReason(connection: number): CloseReason | null

  closeConnection(connection: number, code: number, reason: string): boolean
  remoteAddress(connection: number): { host: string; port: number }
  alpn(connection: number): string | null
  peerCertificate(connection: number): Uint8Array | null
  localTransportParameters(connection: number): TransportParameters
  peerTransportParameters(connection: number): TransportParameters | null
  connectionStats(connection: number): Float64Array
  exportKeyingMaterial(connection: number, label: Uint8Array, context: Uint8Array, output: Uint8Array): void
  setMaxConcurrentStreams(connection: number, uni: boolean, count: number): void
  grantStreams(connection: number, uni: boolean, count: number): void
  setReceiveWindow(connection: number, bytes: number): void
  setSendWindow(connection: number, bytes: number): void
  ping(connection: number): void
  /** An index of `DATAGRAM_RESULTS`. */
  sendDatagram(connection: number, data: Uint8Array): number
  receiveDatagram(connection: number): Uint8Array | null
  maxDatagramSize(connection: number): number
}

export interface NativeConnectOptions {
  host: string
  port: number
  alpn: string[]
  serverName: string
  certificateHashes?: Uint8Array[]
  roots?: Uint8Array[]
  transport?: TransportOptions
}

export interface NativeEndpointOptions {
  host?: string
  port?: number
  server?: {
    alpn: string[]
    certificate: { certificate: Uint8Array; privateKey: Uint8Array }
    retryAbove?: number
    maxHandshakes?: number
    maxConnections?: number
  }
  transport?: TransportOptions
  keyLog: boolean
}

/** The half of the stream has ended. */
export const ENDED = -1
/** The connection is gone. */
export const LOST = -2
/** The stream was reset; the code is `RESET` minus the result. */
export const RESET = -16

/** What a read found behind the bytes that it gave. */
export const ReadMark = { more: 0, drained: 1, end: 2 } as const

export const DATAGRAM_RESULTS = ['queued', 'full', 'too-large', 'unsupported'] as const
