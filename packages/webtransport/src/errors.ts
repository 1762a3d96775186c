import { type DialectProof, SluiceError, type Verdict } from '@sluice/credit'
import type { CloseReason } from '@sluice/engine'

/** The session is over or is being closed: no stream can be opened on it. */
export class SessionClosedError extends SluiceError {
  override readonly code = 'ERR_SESSION_CLOSED'
}

/** The peer lets go of no stream that was ended here, so that its connection was closed: it would hold their credit for ever. */
export class StreamsNotReleasedError extends SluiceError {
  override readonly code = 'ERR_STREAMS_NOT_RELEASED'
  /** How many streams that were. */
  readonly streams: number

  constructor(streams: number) {
    super(`${streams} streams were reset and stopped, and the peer has let go of none of them`, { remote: true })
    this.streams = streams
  }
}

/** The server answered the CONNECT with a status that is not 2xx. */
export class SessionRejectedError extends SluiceError {
  override readonly code = 'ERR_SESSION_REJECTED'
  readonly status: number

  constructor(status: number) {
    super(`the server refused the session with status ${status}`, { remote: true })
    this.status = status
  }
}

/** The server does not offer what a session needs (draft-ietf-webtrans-http3, 3.1); `verdict` proves it. */
export class WebTransportUnsupportedError extends SluiceError {
  override readonly code = 'ERR_WEBTRANSPORT_UNSUPPORTED'
  readonly verdict: Verdict & { readonly code: 'dialect-mismatch' }

  constructor(proof: DialectProof) {
    const { reason, wanted, offered } = proof
    const summary =
      `the server does not offer what a session needs (${reason}): this end speaks ${wanted.join(', ')}, ` +
      `the server ${offered.length === 0 ? 'none of them' : offered.join(', ')}`
    super(`no WebTransport there: ${summary}`, { remote: true })
    this.verdict = { code: 'dialect-mismatch', harmless: false, proof, summary }
  }
}

/** No session within the time allowed. */
export class ConnectTimeoutError extends SluiceError {
  override readonly code = 'ERR_CONNECT_TIMEOUT'
}

/** The QUIC connection ended; `closeReason` says how. */
export class ConnectionLostError extends SluiceError {
  override readonly code = 'ERR_CONNECTION_LOST'
  readonly closeReason: CloseReason

  constructor(closeReason: CloseReason) {
    const code = 'code' in closeReason ? ` with code 0x${closeReason.code.toString(16)}` : ''
    const reason = closeReason.reason === '' ? '' : `: ${closeReason.reason}`
    super(`the connection ended (${closeReason.kind}${closeReason.remote ? ', by the peer' : ''})${code}${reason}`, {
      remote: closeReason.remote,
    })
    this.closeReason = closeReason
  }
}

/** The peer broke HTTP/3 or WebTransport on the CONNECT stream; `httpCode` went on the wire. */
export class SessionProtocolError extends SluiceError {
  override readonly code = 'ERR_SESSION_PROTOCOL'
  readonly httpCode: number

  constructor(httpCode: number, message: string, options?: ErrorOptions) {
    super(message, { ...options, remote: true })
    this.httpCode = httpCode
  }
}

/** An argument cannot be used; the message says which and why. */
export class InvalidArgumentError extends SluiceError {
  override readonly code = 'ERR_INVALID_ARGUMENT'
}
