import type { Opener, StreamKind } from '@sluice/credit'
import type { ReceiveState, Stream, StreamEvents, StreamStats } from '../engine.ts'
import { EngineError } from '../errors.ts'
import { ReceiveHalf } from './receive-half.ts'
import { SendHalf } from './send-half.ts'

/** What a stream needs of its connection. */
export interface StreamHost {
  /** Runs later, in order with everything else. */
  post(delivery: () => void): void
  /** Delivers to the same stream at the other end, opening it there when it is new. */
  deliver(id: number, delivery: (stream: MemoryStream) => void): void
  /** Takes up to `wanted` bytes of the connection's send window. */
  takeWindow(wanted: number): number
  /** The application consumed bytes: the peer may send as many again over the connection. */
  returnWindow(bytes: number): void
  retired(stream: MemoryStream): void
  readonly lost: boolean
  readonly peerTakesResetStreamAt: boolean
  readonly peerStreamWindow: number
}

/** Both halves of one stream, at one end. */
export class MemoryStream implements Stream {
  readonly id: number
  readonly kind: StreamKind
  readonly opener: Opener
  events: StreamEvents = {}
  readonly sendHalf: SendHalf | undefined
  readonly receiveHalf: ReceiveHalf | undefined
  readonly #host: StreamHost
  #retired = false

  constructor(host: StreamHost, id: number, kind: StreamKind, opener: Opener) {
    this.#host = host
    this.id = id
    this.kind = kind
    this.opener = opener
    if (kind === 'bidi' || opener === 'us') this.sendHalf = new SendHalf(this, host)
    if (kind === 'bidi' || opener === 'them') this.receiveHalf = new ReceiveHalf(this, host)
  }

  get receiveState(): ReceiveState {
    return this.#receive().state
  }

  get resetCode(): number | undefined {
    return this.#receive().resetCode
  }

  get stopCode(): number | undefined {
    return this.#send().stopCode
  }

  read(max = 65_536): Uint8Array | undefined {
    return this.#receive().read(max)
  }

  write(data: Uint8Array): number {
    return this.#send().write(data)
  }

  finish(): void {
    this.#send().finish()
  }

  reset(code: number, reliableSize = 0): void {
    this.#send().reset(code, reliableSize)
  }

  stopSending(code: number): void {
    this.#receive().stop(code)
  }

  setPriority(): void {
    this.#send()
    // Everything arrives at once here: there is nothing to put in order.
  }

  stats(): StreamStats {
    return {
      bytesWritten: this.sendHalf?.written ?? 0,
      bytesAcknowledged: this.sendHalf?.acknowledged ?? 0,
      bytesRead: this.receiveHalf?.bytesRead ?? 0,
    }
  }

  /** A half became terminal: tells the connection once both are (RFC 9000, 3.4). */
  halfDone(): void {
    if (this.#retired || this.sendHalf?.done === false || this.receiveHalf?.done === false) return
    this.#retired = true
    this.#host.retired(this)
  }

  #send(): SendHalf {
    if (this.sendHalf === undefined) throw new EngineError('ERR_STREAM_STATE', `stream ${this.id} is receive-only`)
    return this.sendHalf
  }

  #receive(): ReceiveHalf {
    if (this.receiveHalf === undefined) throw new EngineError('ERR_STREAM_STATE', `stream ${this.id} is send-only`)
    return this.receiveHalf
  }
}
