import type { Stream } from '@sluice/engine'
import {
  AVAILABLE_PROTOCOLS,
  type Dialect,
  decodeFieldSection,
  ErrorCode,
  encodeConnectRequest,
  type Fields,
  fieldValue,
  formatAvailableProtocols,
  H3StreamError,
  type HttpResponse,
  parseResponse,
  parseSelectedProtocol,
  SELECTED_PROTOCOL,
} from '@sluice/h3'
import type { Http3Connection } from '../connection/http3-connection.ts'
import { SessionProtocolError, SessionRejectedError } from '../errors.ts'
import type { SessionDescription } from '../session/description.ts'
import { WebTransportSession } from '../session/webtransport-session.ts'
import { RequestStream, type RequestStreamHandler, unexpectedOnConnect } from './request-stream.ts'

/** What a client asks for. */
export interface ConnectTarget {
  /** Host and port as in a URL. */
  readonly authority: string
  /** Path and query. */
  readonly path: string
  readonly headers: Fields
  /** Application protocols, most wanted first. */
  readonly protocols: readonly string[]
}

export interface ClientRequestEvents {
  accepted(session: WebTransportSession): void
  /** There will be no session. */
  refused(error: Error): void
}

/** A client's Extended CONNECT, until it is answered. */
export class ClientRequest implements RequestStreamHandler {
  readonly #http3: Http3Connection
  readonly #stream: RequestStream
  readonly #target: ConnectTarget
  readonly #dialect: Dialect
  readonly #events: ClientRequestEvents

  /** @throws InvalidFieldError when a header or protocol cannot be sent */
  constructor(
    http3: Http3Connection,
    stream: Stream,
    target: ConnectTarget,
    dialect: Dialect,
    events: ClientRequestEvents,
  ) {
    this.#http3 = http3
    this.#target = target
    this.#dialect = dialect
    this.#events = events
    this.#stream = new RequestStream(stream, this, {
      reading: 'response',
      maxFieldSectionSize: http3.limits.maxFieldSectionSize,
      guard: (step) => http3.guard(step),
    })
    const { authority, path } = target
    this.#stream.write(encodeConnectRequest({ protocol: dialect.protocol, authority, path, headers: this.#headers() }))
  }

  get id(): number {
    return this.#stream.id
  }

  headers(fieldSection: Uint8Array): void {
    const limits = { maxSize: this.#http3.limits.maxFieldSectionSize }
    const response = parseResponse(decodeFieldSection(fieldSection, limits))
    // An interim response: another follows (RFC 9114, 4.1).
    if (response.status < 200) return
    if (response.status < 300) this.#accepted(response)
    else this.#refused(new SessionRejectedError(response.status))
  }

  data(): void {
    throw unexpectedOnConnect('DATA ahead of the response')
  }

  trailers(): void {
    throw unexpectedOnConnect('HEADERS')
  }

  ended(): void {
    this.#refused(
      new SessionProtocolError(ErrorCode.H3_NO_ERROR, 'the server ended the CONNECT stream without an answer'),
    )
  }

  wasReset(httpCode: number): void {
    this.#refused(new SessionProtocolError(httpCode, 'the server reset the CONNECT stream'))
  }

  stopped(): void {
    // The server's own half tells what it means.
  }

  finished(): void {
    // Only a session ends its CONNECT stream.
  }

  failed(error: H3StreamError): void {
    this.#refused(new SessionProtocolError(error.httpCode, error.message, { cause: error }))
  }

  #headers(): Fields {
    const { headers, protocols } = this.#target
    const offered = protocols.length === 0 ? [] : [[AVAILABLE_PROTOCOLS, formatAvailableProtocols(protocols)] as const]
    return [...this.#dialect.requestHeaders, ...offered, ...headers]
  }

  #accepted(response: HttpResponse): void {
    const description: SessionDescription = {
      side: 'client',
      authority: this.#target.authority,
      path: this.#target.path,
      origin: fieldValue(this.#target.headers, 'origin'),
      dialect: this.#dialect.name,
      token: this.#dialect.protocol,
      protocol: this.#selectedProtocol(response),
      flowControl: this.#http3.flowControl(this.#dialect),
      requestHeaders: this.#target.headers,
      responseHeaders: response.headers,
    }
    this.#stream.pause()
    const session = new WebTransportSession(this.#http3, this.#stream, description)
    this.#events.accepted(session)
    session.start()
  }

  /** The server's choice (draft-ietf-webtrans-http3, 3.3). @throws H3StreamError WT_ALPN_ERROR for one that was not offered */
  #selectedProtocol(response: HttpResponse): string {
    const selected = parseSelectedProtocol(fieldValue(response.headers, SELECTED_PROTOCOL) ?? '') ?? ''
    if (selected === '' || this.#target.protocols.includes(selected)) return selected
    // Older drafts: a choice that was not offered counts as none.
    if (this.#dialect.name !== 'draft-16') return ''
    throw new H3StreamError(ErrorCode.WT_ALPN_ERROR, `the server chose protocol ${JSON.stringify(selected)}`)
  }

  #refused(error: Error): void {
    this.#stream.abort(ErrorCode.H3_REQUEST_CANCELLED)
    this.#events.refused(error)
  }
}
