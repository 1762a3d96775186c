import type { Millis } from '@sluice/credit'

/** What bounds a stream that its application leaves alone. Sizes in bytes, times in milliseconds. */
export interface StreamLimits {
  /** Bytes held for a reader that is not there yet; beyond it the peer is held by QUIC flow control. Default 65,536. */
  readonly readAhead: number
  /** After `close()`: how long a reader may take to appear before what comes is read away. Default 1,000. */
  readonly linger: Millis
  /** Bytes read away after `close()` before STOP_SENDING. Default 1 MiB. */
  readonly drainBytes: number
  /** Time spent reading away after `close()` before STOP_SENDING. Default 10,000. */
  readonly drainTime: Millis
}

export const DEFAULT_STREAM_LIMITS: StreamLimits = {
  readAhead: 65_536,
  linger: 1_000,
  drainBytes: 1_048_576,
  drainTime: 10_000,
}
