import { SluiceError, type Verdict } from '@sluice/credit'
import type { DialHold } from './browser/dial-throttle.ts'

/** The multiaddr is not one that this transport can use; the message says which part. */
export class InvalidAddressError extends SluiceError {
  override readonly code = 'ERR_INVALID_ADDRESS'
}

/** A `/certhash` is not a multibase SHA-256 multihash (libp2p specs, webtransport). */
export class InvalidCerthashError extends SluiceError {
  override readonly code = 'ERR_INVALID_CERTHASH'
}

/** The address has no `/certhash`, so there is nothing to check the server's certificate against. */
export class MissingCerthashError extends SluiceError {
  override readonly code = 'ERR_MISSING_CERTHASH'
}

/** More certhashes than js-libp2p's address matcher takes: such an address could be dialled by nobody there. */
export class TooManyCerthashesError extends SluiceError {
  override readonly code = 'ERR_TOO_MANY_CERTHASHES'
}

/** The peer did not confirm, inside Noise, a certificate hash that we dialled with: somebody may sit in between. */
export class CerthashNotConfirmedError extends SluiceError {
  override readonly code = 'ERR_CERTHASH_NOT_CONFIRMED'

  constructor() {
    super('the peer did not confirm the certhashes that were dialled: its address is old, or not its own', {
      remote: true,
    })
  }
}

/** The peer proved another identity than the one that was dialled. */
export class PeerIdMismatchError extends SluiceError {
  override readonly code = 'ERR_PEER_ID_MISMATCH'

  constructor(expected: string, actual: string) {
    super(`dialled ${expected}, but the peer proved to be ${actual}`, { remote: true })
  }
}

/** Nothing moved for `inactivityTimeout` on a stream of which one half was over already. */
export class InactivityTimeoutError extends SluiceError {
  override readonly code = 'ERR_INACTIVITY_TIMEOUT'

  constructor(timeout: number) {
    super(`nothing moved for ${timeout} ms on a stream that is closed or not read; end both halves when done`)
  }
}

/** The browser threw away how a stream ended (Firefox, after STOP_SENDING), and perhaps the last of what was sent on it. */
export class EndUnknownError extends SluiceError {
  override readonly code = 'ERR_END_UNKNOWN'

  constructor() {
    super('the browser lost the end of this stream: what was read may not be all', { remote: true })
  }
}

/** As many streams as `maxOutboundStreams` allows are open already. */
export class TooManyOutboundStreamsError extends SluiceError {
  override readonly code = 'ERR_TOO_MANY_OUTBOUND_STREAMS'

  constructor(limit: number) {
    super(`${limit} streams are open already (maxOutboundStreams); end some first`)
  }
}

/** The stream ended before whoever asked for it could have it. */
export class StreamEndedEarlyError extends SluiceError {
  override readonly code = 'ERR_STREAM_ENDED_EARLY'

  constructor() {
    super('the stream ended while it was being opened', { remote: true })
  }
}

/** The session ended, so nothing more can be opened on it. */
export class SessionClosedError extends SluiceError {
  override readonly code = 'ERR_SESSION_CLOSED'
}

/** The session did not become ready. */
export class SessionFailedError extends SluiceError {
  override readonly code = 'ERR_SESSION_FAILED'
}

/**
 * The browser itself held the dial back until its time was over, or refused it: Chromium does when dials of the page
 * failed, or are too many at once. No packet was sent, so it says nothing of the peer.
 */
export class DialThrottledError extends SluiceError {
  override readonly code = 'ERR_DIAL_THROTTLED'
  /** What the browser holds against the page, and for how long it held the dial back. */
  readonly hold: DialHold

  constructor(hold: DialHold, cause: unknown) {
    super(`the browser holds dials back for up to ${hold.most} ms, as ${hold.failed} failed: dial less, or reload`, {
      cause,
    })
    this.hold = hold
  }
}

/** The peer opened no stream for Noise, or did not finish it, in time. */
export class HandshakeTimeoutError extends SluiceError {
  override readonly code = 'ERR_HANDSHAKE_TIMEOUT'
}

/** This runtime has no `WebTransport`. */
export class WebTransportUnsupportedError extends SluiceError {
  override readonly code = 'ERR_WEBTRANSPORT_UNSUPPORTED'
}

/** Listening is not possible here, or not now; the message says which. */
export class CannotListenError extends SluiceError {
  override readonly code = 'ERR_CANNOT_LISTEN'
}

/** A certificate or key that was handed in cannot be used. */
export class InvalidCertificateError extends SluiceError {
  override readonly code = 'ERR_INVALID_CERTIFICATE'
}

/** A message of the ledger protocol is not what it should be; the message says where. */
export class InvalidLedgerMessageError extends SluiceError {
  override readonly code = 'ERR_INVALID_LEDGER_MESSAGE'

  constructor(what: string, options: ErrorOptions = {}) {
    super(`the peer sent no valid ledger message: ${what}`, { ...options, remote: true })
  }
}

/** The peer's ledger could not be had now: no answer in time, no credit for the stream, or it was asked too often. */
export class LedgerUnavailableError extends SluiceError {
  override readonly code = 'ERR_LEDGER_UNAVAILABLE'

  constructor(what: string, options: ErrorOptions = {}) {
    super(`no ledger from the other end: ${what}`, { ...options, remote: true })
  }
}

/** The session was replaced by a fresh one: what waited for credit waits there, and streams left on it were cut off. */
export class SessionReplacedError extends SluiceError {
  override readonly code = 'ERR_SESSION_REPLACED'

  constructor() {
    super('the session was replaced, and this stream had not ended in time')
  }
}

/** No stream could be opened and a fresh session did not help: the connection was given up. */
export class StalledConnectionError extends SluiceError {
  override readonly code = 'ERR_CONNECTION_STALLED'
  /** What the connection suffered from in the end. */
  readonly verdict: Verdict

  constructor(verdict: Verdict, rotations: number) {
    super(`${rotations} fresh sessions did not help. Verdict ${verdict.code}: ${verdict.summary}`, {
      remote: true,
    })
    this.verdict = verdict
  }
}

/** A fresh session cannot take the place of the one that stands; the message says why. */
export class RotationRefusedError extends SluiceError {
  override readonly code = 'ERR_ROTATION_REFUSED'
}
