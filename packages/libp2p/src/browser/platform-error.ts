import type { StreamCode } from '@sluice/webtransport'

/** What an error of the platform's streams means; told by `source` and `streamErrorCode`, never by its text. */
export type PlatformError =
  /** RESET_STREAM or STOP_SENDING by the peer; the code is hidden in some of the browsers' races. */
  { readonly kind: 'stream'; readonly code: StreamCode } | { readonly kind: 'session' }

export function classify(error: unknown): PlatformError {
  if (typeof WebTransportError !== 'undefined' && error instanceof WebTransportError) {
    if (error.source === 'session') return { kind: 'session' }
    return { kind: 'stream', code: { app: error.streamErrorCode ?? undefined, raw: undefined } }
  }
  // Chromium's NetworkError and Firefox's AbortError or TypeError: the stream broke, and nobody says with which code.
  return { kind: 'stream', code: { app: undefined, raw: undefined } }
}

/** The stream broke without a word of the peer: what had come may have been thrown away. */
export function isSpoiled(error: unknown): boolean {
  const cause = classify(error)
  return cause.kind === 'stream' && cause.code.app === undefined
}

/** A reason for `abort()` and `cancel()` that carries an application code. */
export function withCode(code: number): unknown {
  if (typeof WebTransportError === 'undefined') return undefined
  // The one form that both Chromium and Firefox take; TypeScript knows only the newer one of the standard.
  return Reflect.construct(WebTransportError, [{ message: `code ${code}`, streamErrorCode: code }])
}
