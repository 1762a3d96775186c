import type { DataStream } from '../session/data-stream.ts'
import type { StreamCode } from '../session.ts'
import { toBytes } from './bytes.ts'
import { sessionError, streamError, streamErrorCode } from './error.ts'
import type { WebTransportSendGroup } from './send-group.ts'
import type { HalfEvents } from './stream-events.ts'

/** Writes chunks to a stream of the session, and says they are written once QUIC has taken them: that is the backpressure. */
export class SendSink implements UnderlyingSink<BufferSource>, HalfEvents {
  readonly #stream: DataStream
  readonly #atomic = new WeakSet<object>()
  readonly #refused = new WeakSet<object>()
  #controller: WritableStreamDefaultController | undefined
  /** The write or close under way. */
  #waiting: { readonly resolve: () => void; readonly reject: (reason: unknown) => void } | undefined
  #failure: { readonly reason: unknown } | undefined
  #finished = false
  #committed = 0
  #group: WebTransportSendGroup | null = null

  constructor(stream: DataStream) {
    this.#stream = stream
  }

  start(controller: WritableStreamDefaultController): void {
    this.#controller = controller
    // A write that waits for room must not hold up the reset.
    controller.signal.addEventListener('abort', () => this.#aborted(controller.signal.reason), { once: true })
  }

  async write(chunk: BufferSource): Promise<void> {
    let rest = toBytes(chunk)
    if (this.#atomic.delete(chunk) && rest.length > 0) {
      const taken = this.#stream.write(rest)
      if (taken === 0 && this.#failure === undefined) {
        this.#refused.add(chunk)
        return
      }
      rest = rest.subarray(taken)
    }
    while (rest.length > 0) {
      if (this.#failure !== undefined) throw this.#failure.reason
      rest = rest.subarray(this.#stream.write(rest))
      if (rest.length > 0) await this.#wait()
    }
  }

  async close(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.reason
    this.#stream.finish()
    while (!this.#finished) await this.#wait()
  }

  /** Marks a chunk that is to be written as a whole or not at all. */
  nextIsAtomic(chunk: BufferSource): void {
    if (typeof chunk === 'object' && chunk !== null) this.#atomic.add(chunk)
  }

  /** True when flow control let nothing of an atomic chunk go out. */
  refused(chunk: BufferSource): boolean {
    return this.#refused.delete(chunk)
  }

  commit(): void {
    this.#committed = this.#stream.stats().bytesWritten
  }

  countIn(group: WebTransportSendGroup | null): void {
    this.#group?.remove(this.#stream)
    this.#group = group
    group?.add(this.#stream)
  }

  writable(): void {
    this.#wake()
  }

  finished(): void {
    this.#finished = true
    this.#group?.remove(this.#stream)
    this.#wake()
  }

  stopped(code: StreamCode): void {
    this.#fail(streamError('the peer stopped reading', code))
  }

  lost(): void {
    this.#fail(sessionError())
  }

  /** The WHATWG stream errors itself here, and would take our doing so for a second failure (Streams, 5.5.2). */
  #aborted(reason: unknown): void {
    this.#stream.reset(streamErrorCode(reason), this.#committed)
    this.#over(reason)
  }

  #fail(reason: unknown): void {
    if (this.#over(reason)) this.#controller?.error(reason)
  }

  #over(reason: unknown): boolean {
    if (this.#failure !== undefined || this.#finished) return false
    this.#failure = { reason }
    this.#group?.remove(this.#stream)
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.reject(reason)
    return true
  }

  #wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.resolve()
  }
}
