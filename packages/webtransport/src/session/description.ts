import type { Dialect, Fields, ProtocolToken, SessionFlowControlTerms } from '@sluice/h3'

/** What was asked and agreed when a session began. */
export interface SessionDescription {
  readonly side: 'client' | 'server'
  /** Host and port that the client named. */
  readonly authority: string
  /** Path and query. */
  readonly path: string
  /** What a browser sends; undefined where the client sent none. */
  readonly origin: string | undefined
  /** The dialect of WebTransport in use. */
  readonly dialect: Dialect['name']
  /** The `:protocol` token of the CONNECT. */
  readonly token: ProtocolToken
  /** The application protocol agreed on; '' for none. */
  readonly protocol: string
  /** Ordinary fields of the request, names in lower case. */
  readonly requestHeaders: Fields
  /** The limits with which session flow control began; undefined when it is off. */
  readonly flowControl: SessionFlowControlTerms | undefined
  /** Ordinary fields of the response. */
  readonly responseHeaders: Fields
}
