import { DEFAULT_RESERVE, type Millis } from '@sluice/credit'
import { DEFAULT_MAX_FIELD_SECTION_SIZE } from '@sluice/h3'

/** Bounds of everything that a peer can make us hold or wait for, and of what our own opens leave over. */
export interface Limits {
  /** Time from the end of the handshake to an accepted session; default 10,000 ms. */
  readonly connectDeadline: Millis
  /** Time that a stream may take to say what it is, and a request to bring its header; default 10,000 ms. */
  readonly headerDeadline: Millis
  /** Streams held for a session that does not exist yet; default 16. */
  readonly pendingStreams: number
  /** Time that they are held; default 5,000 ms. */
  readonly pendingTime: Millis
  /** Datagrams held for a session that does not exist yet, or that has no reader; default 64. */
  readonly pendingDatagrams: number
  /** Largest field section of a request or response, as RFC 9114, 4.2.2 counts it; default 16,384 bytes. */
  readonly maxFieldSectionSize: number
  /** Time that a closing session waits for the peer to end its half of the CONNECT stream; default 3,000 ms. */
  readonly closeTimeout: Millis
  /**
   * Streams of each kind that are kept back for reserved opens (`OpenStreamOptions.reserved`), but no more than an
   * eighth of what the peer allows at once; default 4.
   */
  readonly reservedStreams: number
}

export const defaultLimits: Limits = {
  connectDeadline: 10_000,
  headerDeadline: 10_000,
  pendingStreams: 16,
  pendingTime: 5_000,
  pendingDatagrams: 64,
  maxFieldSectionSize: DEFAULT_MAX_FIELD_SECTION_SIZE,
  closeTimeout: 3_000,
  reservedStreams: DEFAULT_RESERVE,
}
