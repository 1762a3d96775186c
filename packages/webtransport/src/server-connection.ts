import type { CloseReason, Connection, Stream } from '@sluice/engine'
import { chooseDialect, type Dialect, ErrorCode, H3ConnectionError, type Settings } from '@sluice/h3'
import {
  type ConnectionRole,
  Http3Connection,
  type Http3Options,
  withinStreamLimit,
} from './connection/http3-connection.ts'
import {
  checkAnswer,
  describeRequest,
  type OnSessionRequest,
  ServerRequest,
  type SessionAnswer,
  type SessionRequest,
} from './request/server-request.ts'
import type { WebTransportSession } from './session/webtransport-session.ts'

type ParsedRequest = Parameters<OnSessionRequest>[1]

export interface ServerConnectionOptions extends Http3Options {
  readonly handler: (request: SessionRequest) => SessionAnswer | Promise<SessionAnswer>
  /** Status to refuse with before the handler is asked, for want of room; undefined: there is room. */
  readonly full: () => number | undefined
  /** The handler threw, or answered what cannot be sent; the client got a 500. */
  readonly onHandlerError: (error: unknown) => void
  readonly onSession: (session: WebTransportSession, request: SessionRequest) => void
  readonly onEnd: (connection: ServerConnection) => void
}

/** One client at a server, from the handshake to the end of its session. */
export class ServerConnection implements ConnectionRole {
  readonly #http3: Http3Connection
  readonly #options: ServerConnectionOptions
  readonly #cancelDeadline: () => void
  /** A CONNECT that came before the client's SETTINGS (draft-ietf-webtrans-http3, 3.1). */
  #early: { readonly request: ServerRequest; readonly parsed: ParsedRequest } | undefined
  /** The CONNECT that is being answered or has been accepted. */
  #current: ServerRequest | undefined
  #draining = false

  constructor(quic: Connection, options: ServerConnectionOptions) {
    this.#options = options
    const { connectDeadline } = options.limits
    this.#cancelDeadline = options.clock.after(connectDeadline, () => {
      this.close(ErrorCode.H3_NO_ERROR, `no session within ${connectDeadline} ms`)
    })
    this.#http3 = new Http3Connection(quic, this, options)
  }

  close(code: number, reason: string): void {
    this.#http3.close(code, reason)
  }

  /** No new session on this connection; the one that stands is asked to end (RFC 9114, 5.2). */
  drain(): void {
    if (this.#draining) return
    this.#draining = true
    this.#http3.sendGoaway((this.#current?.id ?? -4) + 4)
    if (this.#current === undefined) this.close(ErrorCode.H3_NO_ERROR, 'the server is shutting down')
  }

  settingsReceived(settings: Settings): void {
    const choice = this.#choose(settings, 'webtransport')
    if (!choice.ok && choice.scope === 'connection')
      throw new H3ConnectionError(ErrorCode.H3_SETTINGS_ERROR, choice.reason)
    const early = this.#early
    this.#early = undefined
    if (early !== undefined) this.#answer(early.request, early.parsed, settings)
  }

  requestArrived(stream: Stream, first: Uint8Array): void {
    const request = new ServerRequest(this.#http3, stream, (self, parsed) => this.#sessionRequested(self, parsed))
    request.read(first)
  }

  mayBeSession(id: number): boolean {
    return withinStreamLimit(this.#http3.quic, id)
  }

  goaway(): void {
    // From a client it names a push: nothing beyond the draining of its session.
  }

  ended(_reason: CloseReason): void {
    this.#cancelDeadline()
    this.#options.onEnd(this)
  }

  #sessionRequested(request: ServerRequest, parsed: ParsedRequest): void {
    // One session a connection, as without flow control (draft-ietf-webtrans-http3, 5.1).
    if (this.#current !== undefined || this.#draining) {
      request.abort(ErrorCode.H3_REQUEST_REJECTED)
      return
    }
    this.#current = request
    const { settings } = this.#http3
    if (settings === undefined) this.#early = { request, parsed }
    else this.#answer(request, parsed, settings)
  }

  #answer(request: ServerRequest, parsed: ParsedRequest, settings: Settings): void {
    const choice = this.#choose(settings, parsed.protocol)
    if (!choice.ok) {
      this.#current = undefined
      request.abort(choice.httpCode)
      return
    }
    const status = this.#options.full()
    if (status === undefined) void this.#ask(request, parsed, choice.dialect)
    else this.#refuse(request, { accept: false, status })
  }

  async #ask(request: ServerRequest, parsed: ParsedRequest, dialect: Dialect): Promise<void> {
    const described = describeRequest(parsed, this.#http3.quic.remoteAddress)
    let answer: SessionAnswer
    try {
      answer = await this.#options.handler(described)
      checkAnswer(answer, described)
    } catch (error) {
      if (!this.#http3.ended) this.#refuse(request, { accept: false, status: 500 })
      this.#options.onHandlerError(error)
      return
    }
    if (this.#http3.ended) return
    // The handler took its time: others may have come in.
    const full = answer.accept ? this.#options.full() : undefined
    if (full !== undefined) {
      this.#refuse(request, { accept: false, status: full })
    } else if (answer.accept) {
      const accepted = answer
      this.#http3.guard(() => {
        this.#cancelDeadline()
        this.#options.onSession(request.accept(parsed, dialect, accepted), described)
      })
    } else {
      this.#refuse(request, answer)
    }
  }

  #refuse(request: ServerRequest, answer: Extract<SessionAnswer, { accept: false }>): void {
    this.#current = undefined
    request.refuse(answer.status, answer.headers)
  }

  #choose(peerSettings: Settings, protocol: string): ReturnType<typeof chooseDialect> {
    const peerMaxDatagramFrameSize = this.#http3.quic.peerTransportParameters?.maxDatagramFrameSize ?? 0
    return chooseDialect({ side: 'server', peerSettings, peerMaxDatagramFrameSize, protocol })
  }
}
