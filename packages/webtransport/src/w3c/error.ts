import type { StreamCode } from '../session.ts'

export type WebTransportErrorSource = 'stream' | 'session'

export interface WebTransportErrorOptions {
  /** Default 'stream'. */
  readonly source?: WebTransportErrorSource
  /** Application code of a stream's reset or stop. */
  readonly streamErrorCode?: number | null
  /** Not in the standard: what it comes from. */
  readonly cause?: unknown
}

/** W3C WebTransport, 12: an error of a session or of one of its streams. */
export class WebTransportError extends DOMException {
  readonly source: WebTransportErrorSource
  readonly streamErrorCode: number | null

  constructor(message = '', options: WebTransportErrorOptions = {}) {
    super(message, 'WebTransportError')
    if (options.cause !== undefined) Object.defineProperty(this, 'cause', { value: options.cause, configurable: true })
    this.source = options.source ?? 'stream'
    this.streamErrorCode = options.streamErrorCode ?? null
  }
}

/** The error that an application sees when its peer ends a half of a stream. */
export function streamError(what: string, code: StreamCode | undefined): WebTransportError {
  return new WebTransportError(what, { source: 'stream', streamErrorCode: code?.app ?? null })
}

export function sessionError(cause?: unknown): WebTransportError {
  const message = cause instanceof Error ? cause.message : 'the session is closed'
  return new WebTransportError(message, { source: 'session', cause })
}

/** The code to put on the wire for what an application gave to `abort` or `cancel`. */
export function streamErrorCode(reason: unknown): number {
  return reason instanceof WebTransportError ? (reason.streamErrorCode ?? 0) : 0
}

export function invalidState(message: string): DOMException {
  return new DOMException(message, 'InvalidStateError')
}
