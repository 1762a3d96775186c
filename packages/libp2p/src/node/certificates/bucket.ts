import type { Millis } from '@sluice/credit'

const HOUR: Millis = 3_600_000

/** How far a client's clock may be off, either way. */
export const CLOCK_SKEW: Millis = HOUR

/** The longest that browsers accept for a certificate known by its hash (W3C WebTransport, custom certificate requirements). */
export const VALIDITY: Millis = 14 * 24 * HOUR

/** From one certificate's start to the next one's: two of them overlap by a clock skew at each end. */
export const BUCKET: Millis = VALIDITY - 2 * CLOCK_SKEW

/** When a node's certificates change, told apart by its key so that not all nodes change at the same moment. */
export function bucketOffset(publicKey: Uint8Array): Millis {
  const minutes = (publicKey[0] ?? 0) | ((publicKey[1] ?? 0) << 8)
  return (minutes * 60_000) % VALIDITY
}

/**
 * Start of validity of the certificate to be in use now: begun a clock skew ago at least, and not about to end before
 * a clock skew has passed.
 */
export function bucketStart(now: Millis, offset: Millis): Millis {
  return offset + Math.floor((now - CLOCK_SKEW - offset) / BUCKET) * BUCKET
}

/** When the certificate that began at `start` gives way to the next. */
export function bucketEnd(start: Millis): Millis {
  return start + VALIDITY - CLOCK_SKEW
}
