import type { DataStream } from '../session/data-stream.ts'
import type { SendOptions, WebTransportSendGroup } from './send-group.ts'
import type { SendSink } from './send-sink.ts'

export interface WebTransportSendStreamStats {
  readonly bytesWritten: number
  /** Bytes handed to QUIC. */
  readonly bytesSent: number
  readonly bytesAcknowledged: number
}

/** W3C WebTransport, 8: the send half of a stream. */
export class WebTransportSendStream extends WritableStream<BufferSource> {
  readonly #stream: DataStream
  readonly #sink: SendSink
  readonly #options: SendOptions

  /** @internal Made by a session. */
  constructor(stream: DataStream, sink: SendSink, options: SendOptions) {
    super(sink)
    this.#stream = stream
    this.#sink = sink
    this.#options = options
    sink.countIn(options.sendGroup)
    stream.setPriority(options.sendOrder)
  }

  get sendGroup(): WebTransportSendGroup | null {
    return this.#options.sendGroup
  }

  /** @throws DOMException InvalidStateError for a group of another session */
  set sendGroup(group: WebTransportSendGroup | null) {
    this.#options.sendGroup = group
    this.#sink.countIn(this.#options.sendGroup)
  }

  /** Higher goes first, within the connection. */
  get sendOrder(): number {
    return this.#options.sendOrder
  }

  set sendOrder(order: number) {
    this.#options.sendOrder = order
    this.#stream.setPriority(this.#options.sendOrder)
  }

  async getStats(): Promise<WebTransportSendStreamStats> {
    const { bytesWritten, bytesAcknowledged } = this.#stream.stats()
    return { bytesWritten, bytesSent: bytesWritten, bytesAcknowledged }
  }

  override getWriter(): WebTransportWriter {
    return new WebTransportWriter(this, this.#sink)
  }
}

/** W3C WebTransport, 8.6: a writer with what only WebTransport has. */
export class WebTransportWriter extends WritableStreamDefaultWriter<BufferSource> {
  readonly #sink: SendSink

  /** @internal Made by `getWriter`. */
  constructor(stream: WritableStream<BufferSource>, sink: SendSink) {
    super(stream)
    this.#sink = sink
  }

  /**
   * Writes a chunk, but rejects with AbortError, and takes nothing, when flow control lets nothing of it go out. (Once
   * the first byte is out the rest follows; QUIC cannot take it back.)
   */
  async atomicWrite(chunk: BufferSource): Promise<void> {
    this.#sink.nextIsAtomic(chunk)
    await this.write(chunk)
    if (this.#sink.refused(chunk)) throw new DOMException('flow control lets nothing go out now', 'AbortError')
  }

  /** What was written so far is delivered even if the stream is aborted, where the peer offers RESET_STREAM_AT. */
  commit(): void {
    this.#sink.commit()
  }
}
