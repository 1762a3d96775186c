import type { Opener, PeerStrategy, StreamOwner, StreamRecord } from '@sluice/credit'
import type { SessionStream, SessionStreamEvents, StreamCode } from '@sluice/webtransport'
import { ReceiveHalf } from './receive-half.ts'
import type { PlatformStream } from './repeated-question.ts'
import { SendHalf } from './send-half.ts'

/** A bidirectional stream of the browser's `WebTransport`. */
export class BrowserStream implements SessionStream {
  /** Browsers hide it. */
  readonly id = undefined
  readonly kind = 'bidi'
  events: SessionStreamEvents = {}
  readonly #send: SendHalf
  readonly #receive: ReceiveHalf
  readonly #record: StreamRecord
  #alive = 2

  /**
   * @param record what the session's ledger writes down of it
   * @param strategy how the browser's own faults are met
   * @param retired called once, when both halves are over as far as the browser tells
   */
  constructor(
    stream: PlatformStream,
    record: StreamRecord,
    strategy: PeerStrategy,
    retired: (stream: BrowserStream) => void,
  ) {
    this.#record = record
    let closed = false
    const finished = (): void => {
      record.acknowledge()
      this.events.finished?.()
    }
    const over = (): void => {
      this.#alive -= 1
      if (this.#alive > 0) return
      if (closed) finished()
      retired(this)
    }
    this.#receive = new ReceiveHalf(stream.readable, strategy, { readable: () => this.events.readable?.(), over })
    this.#send = new SendHalf(stream.writable, {
      writable: () => this.events.writable?.(),
      stopped: (code) => {
        record.reset(Date.now())
        this.events.stopped?.(code)
      },
      finished: () => {
        closed = strategy.delivered === 'answer' && this.#alive > 0
        if (!closed) finished()
      },
      over,
    })
  }

  get opener(): Opener {
    return this.#record.opener
  }

  get owner(): string | undefined {
    return this.#record.owner ?? undefined
  }

  set owner(owner: string | StreamOwner | undefined) {
    this.#record.own(owner)
  }

  /** The application is about to get the stream. */
  accept(): void {
    this.#record.accept(Date.now())
  }

  /** The peer's end of it was lost in the browser, and its credit with it. */
  get spoiled(): boolean {
    return this.#receive.spoiled
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
    const chunk = this.#receive.read(max)
    if (chunk !== undefined) this.#record.read(chunk.byteLength, Date.now())
    const { state } = this.#receive
    if (state !== 'open' && state !== 'lost') this.#record.endReceive(state === 'spoiled' ? 'reset' : state, Date.now())
    return chunk
  }

  write(data: Uint8Array): number {
    const taken = this.#send.write(data)
    this.#record.wrote(taken, Date.now())
    return taken
  }

  finish(): void {
    this.#record.finish(Date.now())
    this.#send.finish()
  }

  reset(code: number): void {
    this.#record.reset(Date.now())
    this.#send.reset(code)
  }

  stopSending(code: number): void {
    this.#record.endReceive('stopped', Date.now())
    this.#receive.stop(code)
  }

  /** The session is over. */
  lose(): void {
    this.#receive.lose()
    this.#send.lose()
    this.events.lost?.()
  }
}
