/** The two kinds of QUIC stream (RFC 9000, 2.1). */
export type StreamKind = 'bidi' | 'uni'

/** Which end opens the streams that an account counts. */
export type Opener = 'us' | 'them'

/** Where a stream limit is kept: by the QUIC connection, or by a WebTransport session inside it. */
export type CreditLayer = 'quic' | 'session'

/** A point in time or a span of it, in milliseconds. */
export type Millis = number

/**
 * Cumulative counts of streams of one kind with one opener. A QUIC limit counts every stream ever opened
 * (RFC 9000, 4.6), so `limit - opened` is what may still be opened and `opened - retired` what is alive.
 */
export interface StreamCounts {
  /** Streams that may ever be opened, closed ones included. */
  readonly limit: number
  /** Streams opened so far. */
  readonly opened: number
  /** Streams that the accepting side's application has taken; for our own streams equal to `opened`. */
  readonly accepted: number
  /** Streams of which both halves are terminal, so that the owner of the limit may give the credit back. */
  readonly retired: number
}
