import type { CloseReason, TransportOptions, TransportParameters } from './engine.ts'

/**
 * The addon as it is called (`crates/engine-node`). Internal: what users see is `engine.ts`.
 *
 * Calls about a connection name it by its number. Hot calls answer in one number; the constants below name them.
 */
export interface NativeEndpoint {
  address(): { host: string; port: number }
  wake(): void
  close(code: number, reason: string): void
  join(): void
  shutDown(): void
  connect(options: NativeConnectOptions): number
  setCertificate(identity: { certificate: Uint8Array; privateKey: Uint8Array }): void
  /** connections, handshakes in flight, refused, retries, datagrams received and sent */
  stats(): Float64Array

  drain(records: Float64Array): number
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
  streamCounts(connection: number, uni: boolean, byPeer: boolean, counts: Float64Array): boolean

  /** Stream number, `NONE` or `LOST`. */
  openStream(connection: number, uni: boolean): number
  /** Stream number, `NONE` or `LOST`. */
  acceptStream(connection: number, uni: boolean): number
  /** Bytes times four plus a `ReadMark`; `ENDED`, `LOST`, or `RESET` minus the code. */
  read(connection: number, stream: number, slab: Uint8Array, max: number): number
  /** Bytes taken, `ENDED` or `LOST`. */
  write(connection: number, stream: number, data: Uint8Array): number
  finish(connection: number, stream: number): number
  /** `reliableSize` below 0: a plain RESET_STREAM. */
  reset(connection: number, stream: number, code: number, reliableSize: number): number
  stopSending(connection: number, stream: number, code: number): number
  setPriority(connection: number, stream: number, priority: number): number
  /** Bytes acknowledged, `ENDED` or `LOST`. */
  acknowledged(connection: number, stream: number): number
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

export interface Addon {
  NativeEndpoint: {
    /** @param announce called when events wait to be drained; not again before they were */
    bind(options: NativeEndpointOptions, announce: () => void): NativeEndpoint
  }
}

/** No credit, or no stream waiting. */
export const NONE = -1
/** The half of the stream has ended. */
export const ENDED = -1
/** The connection is gone. */
export const LOST = -2
/** The stream was reset; the code is `RESET` minus the result. */
export const RESET = -16

/** What a read found behind the bytes that it gave. */
export const ReadMark = { more: 0, drained: 1, end: 2 } as const

export const DATAGRAM_RESULTS = ['queued', 'full', 'too-large', 'unsupported'] as const
