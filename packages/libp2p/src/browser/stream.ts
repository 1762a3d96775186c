import { type Opener, ownerName, type PeerStrategy, type StreamOwner } from '@sluice/credit'
import type { SessionStream, SessionStreamEvents, StreamCode } from '@sluice/webtransport'
import { ReceiveHalf } from './receive-half.ts'
import { SendHalf } from './send-half.ts'

/** A bidirectional stream of the browser's `WebTransport`. */
export class BrowserStream implements SessionStream {
  /** Browsers hide it. */
  readonly id = undefined
  readonly kind = 'bidi'
  readonly opener: Opener
  events: SessionStreamEvents = {}
  readonly #send: SendHalf
  readonly #receive: ReceiveHalf
  #owner: string | StreamOwner | undefined
  #alive = 2

  /**
   * @param strategy how the browser's own faults are met
   * @param retired called once, when both halves are over as far as the browser tells
   */
  constructor(
    stream: WebTransportBidirectionalStream,
    opener: Opener,
    { cancel }: PeerStrategy,
    retired: (stream: BrowserStream) => void,
  ) {
    this.opener = opener
    const over = (): void => {
      this.#alive -= 1
      if (this.#alive === 0) retired(this)
    }
    this.#receive = new ReceiveHalf(stream.readable, cancel, { readable: () => this.events.readable?.(), over })
    this.#send = new SendHalf(stream.writable, {
      writable: () => this.events.writable?.(),
      stopped: (code) => this.events.stopped?.(code),
      finished: () => this.events.finished?.(),
      over,
    })
  }

  get owner(): string | undefined {
    return ownerName(this.#owner)
  }

  set owner(owner: string | StreamOwner | undefined) {
    this.#owner = owner
  }

  get receiveState(): SessionStream['receiveState'] {
    return this.#receive.state
  }

  get resetCode(): StreamCode | undefined {
    return this.#receive.resetCode
  }

  get stopCode(): StreamCode | undefined {
    return this.#send.stopCode
  }

  read(max?: number): Uint8Array | undefined {
    return this.#receive.read(max)
  }

  write(data: Uint8Array): number {
    return this.#send.write(data)
  }

  finish(): void {
    this.#send.finish()
  }

  reset(code: number): void {
    this.#send.reset(code)
  }

  stopSending(code: number): void {
    this.#receive.stop(code)
  }

  /** The session is over. */
  lose(): void {
    this.#receive.lose()
    this.#send.lose()
    this.events.lost?.()
  }
}
