import type { Millis } from '@sluice/credit'
import type { Clock } from '../clock.ts'

const DEFAULT_MAX_BUFFERED = 64

type Controller = ReadableStreamDefaultController<Uint8Array> | ReadableByteStreamController

/** Datagrams that arrived, until a reader asks for them: bounded in number and age, the oldest dropped first. */
export class IncomingDatagrams {
  maxAge: number | null = null
  dropped = 0
  expired = 0
  readonly #clock: Clock
  readonly #type: 'bytes' | undefined
  #maxBuffered = DEFAULT_MAX_BUFFERED
  #queue: { readonly payload: Uint8Array; readonly at: Millis }[] = []
  #readable: ReadableStream<Uint8Array> | undefined
  #controller: Controller | undefined
  #waiting: (() => void) | undefined
  #end: { readonly error: unknown } | undefined

  constructor(clock: Clock, type: 'bytes' | undefined) {
    this.#clock = clock
    this.#type = type
  }

  get maxBuffered(): number {
    return this.#maxBuffered
  }

  set maxBuffered(count: number) {
    this.#maxBuffered = count
    this.#dropExcess()
  }

  /** Made when somebody asks for it. */
  get readable(): ReadableStream<Uint8Array> {
    this.#readable ??= this.#makeReadable()
    return this.#readable
  }

  add(payload: Uint8Array): void {
    this.#queue.push({ payload, at: this.#clock.now() })
    this.#dropExcess()
    this.#wake()
  }

  end(error: unknown): void {
    if (this.#end !== undefined) return
    this.#end = { error }
    this.#queue = []
    this.#finish()
    this.#wake()
  }

  #makeReadable(): ReadableStream<Uint8Array> {
    const start = (controller: Controller) => {
      this.#controller = controller
      this.#finish()
    }
    const pull = (controller: Controller) => this.#pull(controller)
    return this.#type === 'bytes'
      ? new ReadableStream({ type: 'bytes', start, pull })
      : new ReadableStream({ start, pull }, { highWaterMark: 0 })
  }

  async #pull(controller: Controller): Promise<void> {
    while (this.#end === undefined) {
      this.#dropExpired()
      const datagram = this.#queue.shift()
      if (datagram !== undefined) {
        controller.enqueue(new Uint8Array(datagram.payload))
        return
      }
      await new Promise<void>((resolve) => {
        this.#waiting = resolve
      })
    }
  }

  #finish(): void {
    if (this.#end === undefined || this.#controller === undefined) return
    if (this.#end.error === undefined) this.#controller.close()
    else this.#controller.error(this.#end.error)
  }

  #dropExcess(): void {
    this.#dropExpired()
    while (this.#queue.length > this.#maxBuffered) {
      this.#queue.shift()
      this.dropped += 1
    }
  }

  #dropExpired(): void {
    const { maxAge } = this
    if (maxAge === null) return
    const oldest = this.#clock.now() - maxAge
    const kept = this.#queue.filter(({ at }) => at >= oldest)
    this.expired += this.#queue.length - kept.length
    this.#queue = kept
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.()
  }
}
