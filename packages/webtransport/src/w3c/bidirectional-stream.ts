import type { DataStream } from '../session/data-stream.ts'
import { ReceiveSource, WebTransportReceiveStream } from './receive-stream.ts'
import type { SendOptions } from './send-group.ts'
import { SendSink } from './send-sink.ts'
import { WebTransportSendStream } from './send-stream.ts'
import { listen } from './stream-events.ts'

/** W3C WebTransport, 10: both halves of a stream. */
export class WebTransportBidirectionalStream {
  readonly readable: WebTransportReceiveStream
  readonly writable: WebTransportSendStream

  /** @internal Made by a session. */
  constructor(stream: DataStream, options: SendOptions) {
    const source = new ReceiveSource(stream)
    const sink = new SendSink(stream)
    this.readable = new WebTransportReceiveStream(stream, source)
    this.writable = new WebTransportSendStream(stream, sink, options)
    listen(stream, source, sink)
  }
}

/** The send half of a unidirectional stream that we opened. */
export function sendStream(stream: DataStream, options: SendOptions): WebTransportSendStream {
  const sink = new SendSink(stream)
  const writable = new WebTransportSendStream(stream, sink, options)
  listen(stream, sink)
  return writable
}

/** The receive half of a unidirectional stream that the peer opened. */
export function receiveStream(stream: DataStream): WebTransportReceiveStream {
  const source = new ReceiveSource(stream)
  const readable = new WebTransportReceiveStream(stream, source)
  listen(stream, source)
  return readable
}
