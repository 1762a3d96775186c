import type { DataStream } from '../session/data-stream.ts'
import { sessionError, streamError, streamErrorCode } from './error.ts'
import type { HalfEvents } from './stream-events.ts'

export interface WebTransportReceiveStreamStats {
  /** Bytes that the application could read so far. */
  readonly bytesReceived: number
  readonly bytesRead: number
}

/** The constructor for byte sources, which `extends` cannot pick by itself. */
const ByteStream: new (source: UnderlyingByteSource) => ReadableStream<Uint8Array<ArrayBuffer>> = ReadableStream

/** W3C WebTransport, 9: the receive half of a stream. Nothing is read from QUIC but what a reader asks for. */
export class WebTransportReceiveStream extends ByteStream {
  readonly #stream: DataStream

  /** @internal Made by a session. */
  constructor(stream: DataStream, source: ReceiveSource) {
    super(source)
    this.#stream = stream
  }

  async getStats(): Promise<WebTransportReceiveStreamStats> {
    const { bytesRead } = this.#stream.stats()
    return { bytesReceived: bytesRead, bytesRead }
  }
}

/** Pulls bytes out of a stream of the session. */
export class ReceiveSource implements UnderlyingByteSource, HalfEvents {
  readonly type = 'bytes'
  readonly #stream: DataStream
  #controller: ReadableByteStreamController | undefined
  #waiting: (() => void) | undefined
  #over = false

  constructor(stream: DataStream) {
    this.#stream = stream
  }

  start(controller: ReadableByteStreamController): void {
    this.#controller = controller
  }

  async pull(controller: ReadableByteStreamController): Promise<void> {
    while (!this.#over) {
      const chunk = this.#stream.read()
      if (chunk !== undefined) {
        controller.enqueue(new Uint8Array(chunk))
        return
      }
      if (this.#stream.receiveState !== 'open') {
        this.#finish(controller)
        return
      }
      await new Promise<void>((resolve) => {
        this.#waiting = resolve
      })
    }
  }

  cancel(reason: unknown): void {
    this.#over = true
    this.#wake()
    this.#stream.stopSending(streamErrorCode(reason))
  }

  readable(): void {
    this.#wake()
  }

  lost(): void {
    if (!this.#over) this.#controller?.error(sessionError())
    this.#over = true
    this.#wake()
  }

  #finish(controller: ReadableByteStreamController): void {
    this.#over = true
    if (this.#stream.receiveState === 'ended') {
      controller.close()
      // A reader that brought its own buffer is answered only by this (Streams, 4.7.3).
      controller.byobRequest?.respond(0)
    } else if (this.#stream.receiveState === 'reset') {
      controller.error(streamError('the peer reset the stream', this.#stream.resetCode))
    } else if (this.#stream.receiveState === 'stopped') {
      controller.error(streamError('the reset of the other half ended this one too, as this peer needs it', undefined))
    } else {
      controller.error(sessionError())
    }
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.()
  }
}
