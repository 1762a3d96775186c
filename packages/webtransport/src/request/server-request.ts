import type { SocketAddress, Stream } from '@sluice/engine'
import {
  AVAILABLE_PROTOCOLS,
  type Dialect,
  decodeFieldSection,
  dialectResponseHeaders,
  ErrorCode,
  encodeResponse,
  type Fields,
  fieldValue,
  formatSelectedProtocol,
  type HttpRequest,
  parseAvailableProtocols,
  parseRequest,
  SELECTED_PROTOCOL,
} from '@sluice/h3'
import type { Http3Connection } from '../connection/http3-connection.ts'
import { InvalidArgumentError } from '../errors.ts'
import type { SessionDescription } from '../session/description.ts'
import { WebTransportSession } from '../session/webtransport-session.ts'
import { RequestStream, type RequestStreamHandler } from './request-stream.ts'

/** A client asks for a session. */
export interface SessionRequest {
  /** Host and port that the client named. */
  readonly authority: string
  /** Path and query. */
  readonly path: string
  /** What a browser sends; undefined where the client sent none. */
  readonly origin: string | undefined
  /** Application protocols that the client offers, most wanted first. */
  readonly protocols: readonly string[]
  /** Ordinary fields of the request, names in lower case. */
  readonly headers: Fields
  readonly remoteAddress: SocketAddress
}

/** What a server's handler says to a request: accepted, or a status of 300 and above. */
export type SessionAnswer =
  | { readonly accept: true /** One of the offered. */; readonly protocol?: string; readonly headers?: Fields }
  | { readonly accept: false; readonly status: number; readonly headers?: Fields }

type WebTransportRequest = Extract<HttpRequest, { kind: 'webtransport' }>

/** Called with a well-formed request for a session; the stream is paused until it is answered. */
export type OnSessionRequest = (request: ServerRequest, parsed: WebTransportRequest) => void

/** A request at a server: hands Extended CONNECT on, answers everything else cheaply and is done with it. */
export class ServerRequest implements RequestStreamHandler {
  readonly #http3: Http3Connection
  readonly #stream: RequestStream
  readonly #onSessionRequest: OnSessionRequest
  #gone = false
  #waitsForHeader = false
  #cancelDeadline: (() => void) | undefined

  constructor(http3: Http3Connection, stream: Stream, onSessionRequest: OnSessionRequest) {
    this.#http3 = http3
    this.#onSessionRequest = onSessionRequest
    this.#stream = new RequestStream(stream, this, {
      reading: 'request',
      maxFieldSectionSize: http3.limits.maxFieldSectionSize,
      guard: (step) => http3.guard(step),
    })
  }

  get id(): number {
    return this.#stream.id
  }

  /** @throws H3ConnectionError */
  read(first: Uint8Array): void {
    this.#stream.push(first)
    this.#waitsForHeader = true
    this.#stream.read()
    if (!this.#waitsForHeader) return
    const { headerDeadline } = this.#http3.limits
    this.#cancelDeadline = this.#http3.after(headerDeadline, () => this.abort(ErrorCode.H3_REQUEST_CANCELLED))
  }

  headers(fieldSection: Uint8Array): void {
    this.#headerIsOver()
    const limits = { maxSize: this.#http3.limits.maxFieldSectionSize }
    const request = parseRequest(decodeFieldSection(fieldSection, limits))
    if (request.kind === 'webtransport') {
      this.#stream.pause()
      this.#onSessionRequest(this, request)
    } else {
      // RFC 9220, 3: an unknown :protocol is 501.
      this.refuse(request.protocol === undefined ? 404 : 501)
    }
  }

  /** A final response without a session; both halves of the stream are done with it (RFC 9114, 4.1). */
  refuse(status: number, headers: Fields = []): void {
    this.#http3.refuse(this.id)
    if (this.#gone) return
    this.#stream.write(encodeResponse(status, headers))
    this.#stream.finish()
    this.#stream.stopReading(ErrorCode.H3_NO_ERROR)
  }

  /** No response: the request was not looked at, or cannot be. */
  abort(httpCode: number): void {
    this.#http3.refuse(this.id)
    this.#stream.abort(httpCode)
  }

  /** 200, and the session that begins with it. */
  accept(
    parsed: WebTransportRequest,
    dialect: Dialect,
    answer: Extract<SessionAnswer, { accept: true }>,
  ): WebTransportSession {
    const protocol = answer.protocol ?? ''
    const headers: Fields = [
      ...dialectResponseHeaders(parsed.headers),
      ...(protocol === '' ? [] : [[SELECTED_PROTOCOL, formatSelectedProtocol(protocol)] as const]),
      ...(answer.headers ?? []),
    ]
    const description: SessionDescription = {
      side: 'server',
      authority: parsed.authority,
      path: parsed.path,
      origin: fieldValue(parsed.headers, 'origin'),
      dialect: dialect.name,
      token: parsed.protocol,
      protocol,
      flowControl: this.#http3.flowControl(dialect),
      requestHeaders: parsed.headers,
      responseHeaders: headers,
    }
    this.#stream.write(encodeResponse(200, headers))
    const session = new WebTransportSession(this.#http3, this.#stream, description)
    session.start()
    return session
  }

  data(): void {
    // A body before the answer: nothing reads it, and `refuse` stops it.
  }

  trailers(): void {
    // As above.
  }

  ended(): void {
    // The answer is already under way.
  }

  wasReset(): void {
    this.#headerIsOver()
    this.#gone = true
    this.#stream.abort(ErrorCode.H3_REQUEST_CANCELLED)
  }

  stopped(): void {
    this.#gone = true
  }

  finished(): void {
    // Nothing to do: both halves are over.
  }

  failed(): void {
    this.#headerIsOver()
    this.#http3.refuse(this.id)
  }

  #headerIsOver(): void {
    this.#waitsForHeader = false
    this.#cancelDeadline?.()
    this.#cancelDeadline = undefined
  }
}

/** What a handler is given. */
export function describeRequest(parsed: WebTransportRequest, remoteAddress: SocketAddress): SessionRequest {
  return {
    authority: parsed.authority,
    path: parsed.path,
    origin: fieldValue(parsed.headers, 'origin'),
    protocols: parseAvailableProtocols(fieldValue(parsed.headers, AVAILABLE_PROTOCOLS) ?? '') ?? [],
    headers: parsed.headers,
    remoteAddress,
  }
}

/** @throws InvalidArgumentError when a handler's answer cannot be given to this request */
export function checkAnswer(answer: SessionAnswer, request: SessionRequest): void {
  if (answer.accept) {
    if (answer.protocol === undefined || request.protocols.includes(answer.protocol)) return
    throw new InvalidArgumentError(`protocol ${JSON.stringify(answer.protocol)} was not offered by the client`)
  }
  if (!Number.isInteger(answer.status) || answer.status < 300 || answer.status > 599) {
    throw new InvalidArgumentError(`a session is refused with a status from 300 to 599, not ${answer.status}`)
  }
}
