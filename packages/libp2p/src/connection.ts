import type { AbortOptions, CounterGroup, Logger, MessageStreamDirection } from '@libp2p/interface'
import { AbstractMultiaddrConnection, type SendResult } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Millis } from '@sluice/credit'
import type { Session, SessionEnd } from '@sluice/webtransport'
import type { Uint8ArrayList } from 'uint8arraylist'
import { rememberSession } from './credit.ts'
import { within } from './within.ts'

/** How long a graceful close may take before the session is cut off. */
const CLOSE_TIMEOUT: Millis = 1_000

/** Session close code of go-libp2p for "nothing wrong". */
const NO_ERROR = 0

/** The code with which go-libp2p, too, ends a connection that it gives up. */
export const ABORTED = 1

export interface WebTransportConnectionInit {
  readonly session: Session
  readonly remoteAddr: Multiaddr
  readonly direction: MessageStreamDirection
  readonly log: Logger
  readonly metrics?: CounterGroup | undefined
}

/**
 * The session as js-libp2p's upgrader wants to see a connection. No byte flows through it: the session is encrypted
 * and multiplexed already, so it carries the life of the connection only.
 */
export class WebTransportConnection extends AbstractMultiaddrConnection {
  readonly #session: Session
  #failure: Error | undefined

  constructor(init: WebTransportConnectionInit) {
    super({
      remoteAddr: init.remoteAddr,
      direction: init.direction,
      log: init.log,
      ...(init.metrics === undefined ? {} : { metrics: init.metrics }),
    })
    this.#session = init.session
    rememberSession(this.timeline, init.session)
    init.session.closed.then((end) => this.#onSessionEnd(end))
  }

  /** Why the connection was not closed in order; undefined as long as it is open, and after a clean end. */
  get failure(): Error | undefined {
    return this.#failure
  }

  override abort(error: Error): void {
    this.#failure ??= error
    super.abort(error)
  }

  sendData(data: Uint8ArrayList): SendResult {
    return { sentBytes: data.byteLength, canSendMore: true }
  }

  async sendClose(options?: AbortOptions): Promise<void> {
    this.#session.close({ closeCode: NO_ERROR })
    const closed = await within(this.#session.closed, CLOSE_TIMEOUT, options?.signal)
    if (!closed) this.#session.abort(ABORTED, 'the peer did not answer the close in time')
  }

  sendReset(): void {
    this.#session.abort(ABORTED, 'aborted')
  }

  sendPause(): void {
    // No byte flows here.
  }

  sendResume(): void {
    // No byte flows here.
  }

  #onSessionEnd(end: SessionEnd): void {
    if (this.status !== 'open' && this.status !== 'closing') return
    if (end.kind === 'clean') this.onTransportClosed()
    else this.onTransportClosed(end.error)
  }
}
