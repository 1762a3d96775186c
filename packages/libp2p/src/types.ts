import type {
  ComponentLogger,
  CounterGroup,
  Libp2pEvents,
  Metrics,
  OutboundConnectionUpgradeEvents,
  PeerId,
  PrivateKey,
  StreamOptions,
  TypedEventTarget,
  Upgrader,
} from '@libp2p/interface'
import type { Millis } from '@sluice/credit'
import type { MultihashDigest } from 'multiformats/hashes/interface'
import type { ProgressEvent } from 'progress-events'
import type { DialHold } from './browser/dial-throttle.ts'
import type { Exchanges } from './exchanges.ts'
import type { StreamLimits } from './limits.ts'
import type { RecoveryOptions } from './recovery/recovery.ts'

/** A certificate that is given instead of derived from the node's key; the shape is that of `@libp2p/webtransport`. */
export interface WebTransportCertificate {
  /** PKCS#8, PEM. */
  readonly privateKey: string
  /** The certificate, PEM. */
  readonly pem: string
  /** SHA-256 of the DER certificate. */
  readonly hash: MultihashDigest<number>
  /** Not used here. */
  readonly secret: string
}

/** Options that both the Node and the browser transport take. */
export interface WebTransportInit {
  /** Node only: serve these instead of certificates derived from the node's key. The first is in use, the second next. */
  readonly certificates?: readonly WebTransportCertificate[]
  /** Longest wait of `newStream` for stream credit, in milliseconds; default 10,000. */
  readonly openDeadline?: Millis
  /** Streams that we may have open at once on a connection; default: only the peer's limit counts. */
  readonly maxOutboundStreams?: number
  /** Streams that a peer may have open at once on a connection; default 256. In a browser only a hint. */
  readonly maxInboundStreams?: number
  /** Handed to each stream: read and write buffers, inactivity timeout. */
  readonly streamOptions?: StreamOptions
  /** What bounds a stream that its application leaves alone. */
  readonly streamLimits?: Partial<StreamLimits>
  /**
   * Browser only: protocols of your own whose messages say how long they are, besides the common ones, and which of
   * their ends is silent. Firefox needs to know it (`docs/firefox-and-go.md`).
   */
  readonly exchanges?: Exchanges
  /** How a connection that stalls is recovered; `false`: not at all. Default: `docs/recovery.md`. */
  readonly recovery?: RecoveryOptions | false
  /** Node only: what a listener admits before it does any cryptography for libp2p. */
  readonly admission?: Partial<AdmissionLimits>
}

/** What a listener admits before any Noise work. */
export interface AdmissionLimits {
  /** Connections at once, over which sessions are refused with status 503; default 10,000. */
  readonly maxConnections: number
  /** Handshakes at once, over which sessions are refused with status 503; default 256. */
  readonly maxHandshakes: number
  /** From the session to the end of Noise, in milliseconds; default 10,000. */
  readonly handshakeTimeout: Millis
}

export interface WebTransportComponents {
  peerId: PeerId
  privateKey: PrivateKey
  metrics?: Metrics
  logger: ComponentLogger
  upgrader: Upgrader
  /** Where js-libp2p tells what identify brought. */
  events?: TypedEventTarget<Libp2pEvents>
}

export type WebTransportDialEvents =
  | OutboundConnectionUpgradeEvents
  | ProgressEvent<'webtransport:wait-for-session'>
  /** The browser holds the dial back, see `DialThrottledError`. */
  | ProgressEvent<'webtransport:held-back', DialHold>
  | ProgressEvent<'webtransport:open-authentication-stream'>
  | ProgressEvent<'webtransport:secure-outbound-connection'>
  | ProgressEvent<'webtransport:close-authentication-stream'>

/** Counters of the optional metrics component. */
export interface WebTransportMetrics {
  readonly dialerEvents: CounterGroup | undefined
  readonly streamBytes: CounterGroup | undefined
  readonly recovery: CounterGroup | undefined
}

/** With those of an end that listens. */
export interface ListenerMetrics extends WebTransportMetrics {
  readonly listenerEvents: CounterGroup | undefined
}
