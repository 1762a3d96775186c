import type { CloseReason, Connection } from '@sluice/engine'
import {
  chooseDialect,
  DIALECTS,
  type Dialect,
  type DialectMismatch,
  ErrorCode,
  H3ConnectionError,
  type Settings,
} from '@sluice/h3'
import { type ConnectionRole, Http3Connection, type Http3Options } from './connection/http3-connection.ts'
import { ConnectionLostError, WebTransportUnsupportedError } from './errors.ts'
import { ClientRequest, type ConnectTarget } from './request/client-request.ts'
import type { WebTransportSession } from './session/webtransport-session.ts'

export interface ClientConnectionOptions extends Http3Options {
  readonly target: ConnectTarget
  readonly onSession: (session: WebTransportSession) => void
  /** There will be no session; the connection is being closed. Not called after `cancel`. */
  readonly onFailure: (error: Error) => void
  /** The connection is gone. */
  readonly onEnd: () => void
}

/** One client's connection, from the handshake to the answer to its CONNECT. */
export class ClientConnection implements ConnectionRole {
  readonly #quic: Connection
  readonly #options: ClientConnectionOptions
  #http3: Http3Connection | undefined
  #request: ClientRequest | undefined
  #settled = false

  /** To be made in the turn in which the connection was started. */
  constructor(quic: Connection, options: ClientConnectionOptions) {
    this.#quic = quic
    this.#options = options
    quic.events = {
      connected: () => {
        this.#http3 = new Http3Connection(quic, this, options)
      },
      closed: (reason) => this.ended(reason),
    }
  }

  /** Nobody waits for the session any more. */
  cancel(): void {
    this.#settled = true
    this.#quic.close(ErrorCode.H3_REQUEST_CANCELLED, 'the client gave up')
  }

  settingsReceived(peerSettings: Settings): void {
    const peerMaxDatagramFrameSize = this.#quic.peerTransportParameters?.maxDatagramFrameSize ?? 0
    const choice = chooseDialect({ side: 'client', peerSettings, peerMaxDatagramFrameSize })
    if (choice.ok) this.#sendConnect(choice.dialect)
    else this.#fail(choice.httpCode, this.#mismatch(choice.reason, peerSettings))
  }

  requestArrived(): void {
    // RFC 9114, 6.1: a server opens no bidirectional streams but those of an extension.
    throw new H3ConnectionError(ErrorCode.H3_STREAM_CREATION_ERROR, 'a request stream opened by the server')
  }

  mayBeSession(id: number): boolean {
    return id === this.#request?.id
  }

  goaway(): void {
    // The session hears of it; a CONNECT under way is answered or refused by the server.
  }

  ended(reason: CloseReason): void {
    this.#fail(ErrorCode.H3_NO_ERROR, new ConnectionLostError(reason))
    this.#options.onEnd()
  }

  #sendConnect(dialect: Dialect): void {
    const http3 = this.#http3
    const stream = this.#quic.openStream('bidi')
    if (http3 === undefined || stream === undefined) {
      this.#fail(ErrorCode.H3_NO_ERROR, this.#mismatch('no-request-stream', http3?.settings ?? new Map()))
      return
    }
    try {
      this.#request = new ClientRequest(http3, stream, this.#options.target, dialect, {
        accepted: (session) => this.#accepted(session),
        refused: (error) => this.#fail(ErrorCode.H3_NO_ERROR, error),
      })
    } catch (error) {
      // A header or protocol that cannot be sent.
      this.#fail(ErrorCode.H3_REQUEST_CANCELLED, error instanceof Error ? error : new Error(String(error)))
    }
  }

  #mismatch(reason: DialectMismatch | 'no-request-stream', settings: Settings): WebTransportUnsupportedError {
    return new WebTransportUnsupportedError({
      reason,
      wanted: DIALECTS.map(({ name }) => name),
      offered: DIALECTS.filter(({ enabledBy }) => (settings.get(enabledBy) ?? 0) > 0).map(({ name }) => name),
      settings: [...settings],
    })
  }

  #accepted(session: WebTransportSession): void {
    this.#settled = true
    this.#options.onSession(session)
  }

  #fail(httpCode: number, error: Error): void {
    if (this.#settled) return
    this.#settled = true
    this.#options.onFailure(error)
    this.#quic.close(httpCode, '')
  }
}
