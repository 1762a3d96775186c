/** `WebTransport` as a browser has it, in memory, for tests: streams are pairs of `TransformStream`s. */

/** Stands in for the platform's class, which Node does not have. */
export class FakeWebTransportError extends Error {
  readonly source: 'stream' | 'session'
  readonly streamErrorCode: number | null

  constructor(init: { message?: string; streamErrorCode?: number; source?: 'stream' | 'session' } = {}) {
    super(init.message)
    this.source = init.source ?? 'stream'
    this.streamErrorCode = init.streamErrorCode ?? null
  }
}

Object.assign(globalThis, { WebTransportError: FakeWebTransportError })

export interface FakeOptions {
  /** Streams that each side may have open at once; default 100. */
  readonly limit?: number
  /** What an open without credit does: Chromium rejects it, Firefox lets it hang. Default 'rejects'. */
  readonly withoutCredit?: 'rejects' | 'hangs'
  /** False: a stream that is over gives no credit back. Default true. */
  readonly refills?: boolean
}

export function fakePair(options: FakeOptions = {}): [FakeWebTransport, FakeWebTransport] {
  const one = new FakeWebTransport(options)
  const other = new FakeWebTransport(options)
  one.peer = other
  other.peer = one
  return [one, other]
}

export class FakeWebTransport {
  peer: FakeWebTransport | undefined
  readonly ready = Promise.resolve()
  readonly closed: Promise<WebTransportCloseInfo>
  readonly incomingBidirectionalStreams: ReadableStream<WebTransportBidirectionalStream>
  readonly incomingUnidirectionalStreams = new ReadableStream<ReadableStream<Uint8Array>>()
  /** Opens that were refused or are hanging for want of credit. */
  refused = 0
  readonly #options: Required<FakeOptions>
  readonly #closed = Promise.withResolvers<WebTransportCloseInfo>()
  readonly #fails = new Set<(error: Error) => void>()
  readonly #hanging: (() => void)[] = []
  #incoming: ReadableStreamDefaultController<WebTransportBidirectionalStream> | undefined
  #live = 0
  #over = false

  constructor(options: FakeOptions = {}) {
    this.#options = { limit: 100, withoutCredit: 'rejects', refills: true, ...options }
    this.closed = this.#closed.promise
    this.incomingBidirectionalStreams = new ReadableStream({
      start: (controller) => {
        this.#incoming = controller
      },
    })
  }

  async createBidirectionalStream(): Promise<WebTransportBidirectionalStream> {
    while (!this.#over && this.#live >= this.#options.limit) {
      this.refused += 1
      if (this.#options.withoutCredit === 'rejects') throw new DOMException('', 'NetworkError')
      await new Promise<void>((resolve) => this.#hanging.push(resolve))
    }
    if (this.#over) throw new DOMException('', 'InvalidStateError')
    this.#live += 1
    let halves = 2
    const over = (): void => {
      halves -= 1
      if (halves > 0 || !this.#options.refills) return
      this.#live -= 1
      this.#hanging.shift()?.()
    }
    const out = this.#direction(over)
    const back = this.#direction(over)
    this.peer?.receive({ readable: out.readable, writable: back.writable } as WebTransportBidirectionalStream)
    return { readable: back.readable, writable: out.writable } as WebTransportBidirectionalStream
  }

  receive(stream: WebTransportBidirectionalStream): void {
    if (!this.#over) this.#incoming?.enqueue(stream)
  }

  close(info: WebTransportCloseInfo = {}): void {
    this.end(info)
    setImmediate(() => this.peer?.end(info))
  }

  /** The connection is gone without a word. */
  lose(): void {
    this.end(undefined)
    this.peer?.end(undefined)
  }

  end(info: WebTransportCloseInfo | undefined): void {
    if (this.#over) return
    this.#over = true
    const error = new FakeWebTransportError({ source: 'session' })
    for (const fail of this.#fails) fail(error)
    for (const wake of this.#hanging.splice(0)) wake()
    if (info === undefined) {
      this.#incoming?.error(error)
      this.#closed.reject(error)
    } else {
      this.#incoming?.close()
      this.#closed.resolve(info)
    }
  }

  /** One direction: abort errors the reader with its reason, cancel the writer, as RESET_STREAM and STOP_SENDING do. */
  #direction(over: () => void): TransformStream<Uint8Array, Uint8Array> {
    let fail: ((error: Error) => void) | undefined
    const done = (): void => {
      if (fail !== undefined && this.#fails.delete(fail)) over()
    }
    // TypeScript's library does not have `cancel` of the Streams standard yet.
    const transformer: Transformer<Uint8Array, Uint8Array> & { cancel(): void } = {
      start: (controller) => {
        fail = (error) => controller.error(error)
        this.#fails.add(fail)
      },
      flush: done,
      cancel: done,
    }
    return new TransformStream(transformer, undefined, {
      highWaterMark: 65_536,
      size: (chunk) => chunk.byteLength,
    })
  }
}
