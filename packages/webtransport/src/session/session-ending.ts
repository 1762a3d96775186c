import type { Millis, SluiceError } from '@sluice/credit'
import type { CloseReason } from '@sluice/engine'
import { ErrorCode } from '@sluice/h3'
import type { Http3Connection } from '../connection/http3-connection.ts'
import { ConnectionLostError } from '../errors.ts'
import type { SessionCloseInfo, SessionEnd } from '../session.ts'
import type { ConnectStream } from './connect-stream.ts'

/**
 * How a session ends: once, whoever begins, and with its connection closed in bounded time.
 *
 * Whoever closed first closes the connection, when it has seen the other's end or has waited for it long enough.
 */
export class SessionEnding {
  /** Settles once, never rejects. */
  readonly closed: Promise<SessionEnd>
  readonly #http3: Http3Connection
  readonly #connect: ConnectStream
  readonly #onEnd: (connectionLives: boolean) => void
  readonly #settle: () => Millis
  readonly #settled = Promise.withResolvers<SessionEnd>()
  #end: SessionEnd | undefined
  #cancelCloseTimer: (() => void) | undefined
  /** Sends the close that waits for the peer to settle. */
  #closeNow: (() => void) | undefined
  #cancelSettleTimer: (() => void) | undefined

  /**
   * @param onEnd ends everything that the session carries; called again when the connection goes after the session
   * @param settle how long the peer needs with what was sent before it bears the end, of the session and then of the connection
   */
  constructor(
    http3: Http3Connection,
    connect: ConnectStream,
    onEnd: (connectionLives: boolean) => void,
    settle: () => Millis,
  ) {
    this.closed = this.#settled.promise
    this.#http3 = http3
    this.#connect = connect
    this.#onEnd = onEnd
    this.#settle = settle
  }

  /** True from the moment in which either side ended the session. */
  get over(): boolean {
    return this.#end !== undefined
  }

  /** We end it. */
  close({ closeCode = 0, reason = '' }: SessionCloseInfo): void {
    if (this.#end !== undefined) return
    // Before anything changes: a code that cannot be sent leaves the session as it is.
    const send = this.#connect.prepareClose({ closeCode, reason })
    this.#end = { kind: 'clean', remote: false, closeCode, reason }
    this.#closeNow = () => {
      this.#closeNow = undefined
      this.#cancelSettleTimer?.()
      send()
    }
    this.#whenSettled(() => this.#closeNow?.())
    this.#onEnd(true)
    this.#armCloseTimer()
  }

  /** We end it together with its connection, because of what the peer does. @param httpCode goes on the wire */
  giveUp(httpCode: number, error: SluiceError): void {
    if (this.#end !== undefined) return
    this.#end = { kind: 'lost', remote: false, error }
    this.#onEnd(true)
    this.#http3.close(httpCode, error.message)
  }

  /** The peer ended it: our half of the CONNECT stream ends too, and the peer closes the connection. */
  peerEnded(end: SessionEnd): void {
    this.#closeNow?.()
    if (this.#end !== undefined) return
    this.#end = end
    this.#connect.finish()
    this.#onEnd(true)
    this.#settled.resolve(end)
    this.#armCloseTimer()
  }

  /** The connection is gone. */
  connectionEnded(reason: CloseReason): void {
    this.#connect.readLast()
    this.#cancelCloseTimer?.()
    this.#cancelSettleTimer?.()
    // Firefox's CONNECTION_CLOSE can overtake its CLOSE capsule; H3_NO_ERROR says that nothing went wrong.
    const orderly = reason.kind === 'application' && reason.code === ErrorCode.H3_NO_ERROR && reason.remote
    this.#end ??= orderly
      ? { kind: 'clean', remote: true, closeCode: 0, reason: '' }
      : { kind: 'lost', remote: reason.remote, error: new ConnectionLostError(reason) }
    this.#onEnd(false)
    this.#settled.resolve(this.#end)
  }

  /** Each side has seen the other's end. Whoever closed first closes the connection: the other knows that it may go. */
  connectStreamOver(): void {
    if (this.#end?.remote === false) this.#whenSettled(() => this.#closeConnection())
  }

  #whenSettled(then: () => void): void {
    const settle = this.#settle()
    if (settle === 0) then()
    else this.#cancelSettleTimer = this.#http3.clock.after(settle, then)
  }

  #armCloseTimer(): void {
    this.#cancelCloseTimer ??= this.#http3.clock.after(this.#http3.limits.closeTimeout, () => {
      this.#connect.giveUp()
      this.#closeConnection()
    })
  }

  #closeConnection(): void {
    this.#cancelCloseTimer?.()
    this.#cancelSettleTimer?.()
    this.#http3.close(ErrorCode.H3_NO_ERROR, '')
  }
}
