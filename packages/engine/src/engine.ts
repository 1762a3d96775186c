import type { Millis, Opener, StreamCounts, StreamKind } from '@sluice/credit'

/**
 * The seam between Sluice and a QUIC implementation. Everything above this file knows QUIC only by these
 * interfaces, so another engine can take the place of the addon when it passes `conformance.ts`.
 *
 * Nothing here returns a promise but `bind` and `Endpoint.close`: events come as callbacks, in batches, and
 * writes say synchronously how much was taken. Callbacks are never called from inside a call into the engine.
 */
export interface Engine {
  /** Name and version, for logs and dumps. */
  readonly name: string
  /**
   * Binds a UDP socket and starts its I/O thread.
   *
   * @throws EngineError `ERR_ADDRESS_IN_USE`, `ERR_ADDRESS_NOT_AVAILABLE`, `ERR_INVALID_CERTIFICATE`, `ERR_INVALID_OPTION`
   */
  bind(options: EndpointOptions): Promise<Endpoint>
}

/** An address of a UDP peer; `host` is an IP literal, without brackets. */
export interface SocketAddress {
  readonly host: string
  readonly port: number
}

export interface CertificateAndKey {
  /** The leaf certificate, DER. One only: libp2p peers disagree on which end of a longer chain to hash. */
  readonly certificate: Uint8Array
  /** The private key, PKCS#8 DER. */
  readonly privateKey: Uint8Array
}

export interface EndpointOptions {
  /** IP literal to bind; default `127.0.0.1`. `::` is dual-stack where the system allows it. */
  readonly host?: string
  /** UDP port; 0 (default) picks a free one. */
  readonly port?: number
  /** Accept connections; absent: the endpoint only dials. */
  readonly server?: ServerOptions
  /** Called for each connection whose handshake is complete (server side only). */
  readonly onConnection?: (connection: Connection) => void
  /** Defaults of every connection of this endpoint; `connect` can override them. */
  readonly transport?: TransportOptions
  /** Called with each line of the TLS key log (NSS format). Absent: no secrets leave the engine. */
  readonly onKeyLog?: (line: string) => void
}

export interface ServerOptions {
  readonly alpn: readonly string[]
  readonly certificate: CertificateAndKey
  /** Handshakes in flight from which on unvalidated addresses get a Retry (RFC 9000, 8.1.2); 0: always; default 64. */
  readonly retryAbove?: number
  /** Handshakes in flight from which on new ones are refused with CONNECTION_REFUSED; default 512. */
  readonly maxHandshakes?: number
  /** Connections from which on new ones are refused with CONNECTION_REFUSED; default 10,000. */
  readonly maxConnections?: number
}

/** How a client checks the server's certificate. */
export type ServerVerification =
  | {
      /** SHA-256 of the DER certificate must be one of these; then validity of at most 14 days, now inside it, no RSA key (W3C WebTransport, custom certificate requirements). */
      readonly certificateHashes: readonly Uint8Array[]
    }
  | {
      /** DER certificates of trusted roots; `serverName` is verified. */
      readonly roots: readonly Uint8Array[]
    }

export interface ConnectOptions {
  readonly alpn: readonly string[]
  /** Sent as SNI when it is not an IP literal, and verified when `verify` is by roots. */
  readonly serverName: string
  readonly verify: ServerVerification
  readonly transport?: TransportOptions
}

/** All sizes in bytes, all times in milliseconds. What is left out keeps the engine's default, named here. */
export interface TransportOptions {
  /** Streams the peer may have open at once (initial_max_streams_bidi); default 256. */
  readonly maxIncomingBidi?: number
  /** Streams the peer may have open at once (initial_max_streams_uni); default 16. */
  readonly maxIncomingUni?: number
  /** Receive window of each stream (initial_max_stream_data_*); default 2 MiB. */
  readonly streamReceiveWindow?: number
  /** Receive window of the connection (initial_max_data); default 16 MiB. */
  readonly receiveWindow?: number
  /** Bytes that may wait unsent or unacknowledged over all streams; default 16 MiB. */
  readonly sendWindow?: number
  /** max_idle_timeout; default 30,000. 0 disables. */
  readonly idleTimeout?: Millis
  /** Interval of keep-alive PINGs; default none. */
  readonly keepAlive?: Millis
  /** Time from the first packet to the end of the handshake; default 10,000. */
  readonly handshakeTimeout?: Millis
  /** max_datagram_frame_size; 0 disables datagrams; default 65,535. */
  readonly maxDatagramFrameSize?: number
  /** Bytes of received datagrams that wait for the application, oldest dropped first; default 1 MiB. */
  readonly datagramReceiveBuffer?: number
  /** Bytes of datagrams that wait to be sent, with a few for each datagram; beyond, `sendDatagram` says 'full'; default 1 MiB. */
  readonly datagramSendBuffer?: number
  /** Offer RESET_STREAM_AT (draft-ietf-quic-reliable-stream-reset); default true. */
  readonly resetStreamAt?: boolean
  /** default 'cubic' */
  readonly congestionControl?: 'cubic' | 'newreno' | 'bbr'
}

export interface EndpointStats {
  readonly connections: number
  readonly handshakesInFlight: number
  readonly handshakesRefused: number
  readonly retriesSent: number
  readonly datagramsReceived: number
  readonly datagramsSent: number
}

export interface Endpoint {
  readonly address: SocketAddress
  /**
   * Starts a connection; it comes back at once, `events.connected` or `events.closed` follows.
   *
   * @throws EngineError `ERR_INVALID_OPTION`, `ERR_ENDPOINT_CLOSED`
   */
  connect(remote: SocketAddress, options: ConnectOptions): Connection
  /** Swaps the certificate for handshakes that begin from now on; connections that stand keep theirs. */
  setCertificate(certificate: CertificateAndKey): void
  stats(): EndpointStats
  /**
   * Closes every connection with `code` and `reason` (each peer gets a CONNECTION_CLOSE), then the socket, and joins
   * the thread. Resolves when all of it is done; a second call returns the same promise.
   */
  close(code?: number, reason?: string): Promise<void>
}

/** Why a connection ended. `code` is rounded to the nearest double where a peer sent more than 2^53 - 1. */
export type CloseReason =
  | { readonly kind: 'application'; readonly remote: boolean; readonly code: number; readonly reason: string }
  | { readonly kind: 'transport'; readonly remote: boolean; readonly code: number; readonly reason: string }
  | {
      readonly kind: 'idle-timeout' | 'handshake-timeout' | 'stateless-reset' | 'version-mismatch' | 'refused'
      readonly remote: boolean
      readonly reason: string
    }
  /** The TLS handshake failed here: certificate not accepted, no common ALPN, ...; `code` is 0x100 + TLS alert where there is one. */
  | { readonly kind: 'tls'; readonly remote: boolean; readonly code: number; readonly reason: string }

/** RFC 9000, 18.2. Times in milliseconds, sizes in bytes. */
export interface TransportParameters {
  readonly maxIdleTimeout: Millis
  readonly maxUdpPayloadSize: number
  readonly initialMaxData: number
  readonly initialMaxStreamDataBidiLocal: number
  readonly initialMaxStreamDataBidiRemote: number
  readonly initialMaxStreamDataUni: number
  readonly initialMaxStreamsBidi: number
  readonly initialMaxStreamsUni: number
  readonly maxDatagramFrameSize: number
  readonly activeConnectionIdLimit: number
  readonly disableActiveMigration: boolean
  readonly resetStreamAt: boolean
}

/** Frames of the kinds that matter to credit and data flow, each way. */
export interface FrameCounts {
  readonly maxStreamsBidi: number
  readonly maxStreamsUni: number
  readonly streamsBlockedBidi: number
  readonly streamsBlockedUni: number
  readonly maxData: number
  readonly dataBlocked: number
  readonly maxStreamData: number
  readonly streamDataBlocked: number
  readonly resetStream: number
  readonly resetStreamAt: number
  readonly stopSending: number
  readonly stream: number
  readonly datagram: number
}

export interface ConnectionStats {
  /** Milliseconds, fractions kept. */
  readonly rtt: number
  readonly minRtt: number
  readonly rttVariation: number
  readonly congestionWindow: number
  readonly pathMtu: number
  readonly packetsSent: number
  readonly packetsReceived: number
  readonly packetsLost: number
  readonly bytesSent: number
  readonly bytesReceived: number
  readonly bytesLost: number
  readonly datagramsDropped: number
  readonly frames: { readonly sent: FrameCounts; readonly received: FrameCounts }
}

export interface ConnectionEvents {
  /** The handshake is complete (on a server it is before `onConnection`, so this is for clients). */
  connected?(): void
  /** The peer opened streams; call `acceptStream` until it returns undefined. Not repeated until then. */
  streamsAcceptable?(kind: StreamKind): void
  /** The peer raised the limit. */
  streamsOpenable?(kind: StreamKind): void
  /** The peer wants to open more streams than it may (STREAMS_BLOCKED, RFC 9000, 4.6). */
  streamsBlocked?(kind: StreamKind): void
  /** A stream's two halves are both gone; its credit is given back by whoever owns the limit. Exactly once a stream. */
  streamRetired?(id: number): void
  /** Datagrams wait; call `receiveDatagram` until it returns undefined. */
  datagramsReadable?(): void
  /** After `sendDatagram` returned 'full': there is room again. */
  datagramsWritable?(): void
  /** The peer's address changed and was validated (RFC 9000, 9). */
  migrated?(address: SocketAddress): void
  /** The last callback of a connection, exactly once. All its streams are gone. */
  closed?(reason: CloseReason): void
}

/**
 * One QUIC connection. Once `closed` was called it keeps its last counts, statistics and what was learned of the peer;
 * there is nothing to accept or receive, and what would have to be sent throws `ERR_CONNECTION_CLOSED`. Its streams are
 * 'lost': reads find nothing, writes take nothing, and ending them does no harm.
 */
export interface Connection {
  /** Unique in this process. */
  readonly id: number
  readonly side: 'client' | 'server'
  readonly remoteAddress: SocketAddress
  /** Set it in the same turn in which the connection was received. */
  events: ConnectionEvents
  readonly alpn: string | undefined
  /** DER of the certificate that the peer showed, leaf first; clients only, once connected. */
  readonly peerCertificate: Uint8Array | undefined
  /** Defined once connected. */
  readonly peerTransportParameters: TransportParameters | undefined
  readonly transportParameters: TransportParameters
  /** Opens a stream, or returns undefined when there is no credit; then the engine sends STREAMS_BLOCKED (RFC 9000, 4.6). */
  openStream(kind: StreamKind): Stream | undefined
  /** Takes a stream that the peer opened. A stream that nobody takes keeps its credit. */
  acceptStream(kind: StreamKind): Stream | undefined
  /** Queues a datagram (RFC 9221). 'full': wait for `datagramsWritable`. */
  sendDatagram(data: Uint8Array): 'queued' | 'full' | 'too-large' | 'unsupported'
  receiveDatagram(): Uint8Array | undefined
  /** Largest datagram payload that fits the path now; 0 when the peer takes none. */
  readonly maxDatagramSize: number
  /** Exact counts, now. Once `closed` was called every stream counts as retired: they ended with the connection. */
  streamCounts(kind: StreamKind, opener: Opener): StreamCounts
  /** Sets how many streams the peer may have open at once; lowering does not retract, it stops replenishing. */
  setMaxConcurrentStreams(kind: StreamKind, count: number): void
  /** Grants exactly `count` more streams, announced at once by MAX_STREAMS. */
  grantStreams(kind: StreamKind, count: number): void
  /**
   * Calls back once: when the callbacks of the batch that is being handed out are done and before what they asked for is
   * sent, so that what this asks for goes with it; outside of a batch in a microtask.
   */
  atEndOfBatch(action: () => void): void
  setReceiveWindow(bytes: number): void
  setSendWindow(bytes: number): void
  /** Sends a PING. */
  ping(): void
  stats(): ConnectionStats
  /** RFC 8446, 7.5 (TLS exporter). */
  exportKeyingMaterial(label: Uint8Array, context: Uint8Array, length: number): Uint8Array
  /** CONNECTION_CLOSE of the application kind (0x1d), once what was written has been handed to the wire is NOT waited for. */
  close(code: number, reason: string): void
}

export interface StreamEvents {
  /** There is something to read, or the receive half ended. Fired again only after `read` returned undefined. */
  readable?(): void
  /** After a short `write`: there is room again. Of streams of the same priority the one that has had none for longest is told first. */
  writable?(): void
  /** The peer sent STOP_SENDING with this code. The engine has not answered: the owner resets (RFC 9000, 3.5). */
  stopped?(code: number): void
  /** All that was written and the FIN are acknowledged. Not fired after a reset. */
  finished?(): void
  /**
   * The receive half ended with so many bytes that will never be read: what a reset, or our STOP_SENDING, cut off of the
   * stream's final size (RFC 9000, 4.5). At most once, and before `streamRetired`.
   */
  discarded?(bytes: number): void
}

/** State of the receive half as the reader sees it: what was delivered, not what has arrived. */
export type ReceiveState = 'open' | 'ended' | 'reset' | 'stopped' | 'lost'

export interface StreamStats {
  readonly bytesWritten: number
  readonly bytesAcknowledged: number
  readonly bytesRead: number
}

/** One QUIC stream. A half that the kind and opener do not have throws `ERR_STREAM_STATE` when it is used. */
export interface Stream {
  /** RFC 9000, 2.1; exact up to 2^53. */
  readonly id: number
  readonly kind: StreamKind
  readonly opener: Opener
  events: StreamEvents
  readonly receiveState: ReceiveState
  /** The code of the peer's reset, once `receiveState` is 'reset'. */
  readonly resetCode: number | undefined
  /** The code of the peer's STOP_SENDING, once it has arrived. */
  readonly stopCode: number | undefined
  /**
   * Next bytes in order, at most `max` (default 64 KiB), in a fresh array; undefined: nothing now, look at
   * `receiveState`. 'ended' and 'reset' are reached only by reading up to them, and only then is the half retired.
   */
  read(max?: number): Uint8Array | undefined
  /** Takes as much as the windows allow and says how much; a short count is followed by `events.writable`. After STOP_SENDING or a reset it takes nothing and returns 0. */
  write(data: Uint8Array): number
  /** FIN after what was written; more writes throw `ERR_STREAM_STATE`. Repeated, or after a reset, it changes nothing. */
  finish(): void
  /**
   * RESET_STREAM; with `reliableSize` and a peer that offers it RESET_STREAM_AT, which still delivers the first
   * `reliableSize` bytes. A later call can only lower the reliable size.
   */
  reset(code: number, reliableSize?: number): void
  /**
   * STOP_SENDING; what waits unread is thrown away. The half is retired when the peer has ended its side, which no timer
   * of the engine enforces: a peer that never does keeps the stream's credit until the owner closes the connection.
   */
  stopSending(code: number): void
  /** Higher goes first, on the wire and where streams wait for the window of the connection; default 0. */
  setPriority(priority: number): void
  stats(): StreamStats
}
