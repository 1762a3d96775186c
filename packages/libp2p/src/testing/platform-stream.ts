import { FakeWebTransportError } from './fake-web-transport.ts'

export interface PlatformStreamEnds {
  readonly stream: WebTransportBidirectionalStream
  /** FIN of the peer, which reads no more after it. */
  finish(): void
  /** RESET_STREAM and STOP_SENDING. */
  reset(): void
  /** STOP_SENDING in front of FIN. */
  spoil(): void
}

/** A stream of the platform that brings a byte, and the ways in which Firefox ends it. For tests. */
export function platformStream(): PlatformStreamEnds {
  let read: ReadableStreamDefaultController<Uint8Array> | undefined
  let write: WritableStreamDefaultController | undefined
  const stream = {
    readable: new ReadableStream<Uint8Array>({
      start: (controller) => {
        read = controller
        controller.enqueue(Uint8Array.of(1))
      },
    }),
    writable: new WritableStream<Uint8Array>({
      start: (controller) => {
        write = controller
      },
    }),
  } as unknown as WebTransportBidirectionalStream
  const stop = (): void => write?.error(new FakeWebTransportError({ streamErrorCode: 0 }))
  return {
    stream,
    finish: () => {
      read?.close()
      stop()
    },
    reset: () => {
      read?.error(new FakeWebTransportError({ streamErrorCode: 0 }))
      stop()
    },
    spoil: () => {
      read?.error(new TypeError('Error in input stream'))
      stop()
    },
  }
}
