import type { Stream } from '@sluice/engine'
import { ErrorCode, H3ConnectionError, H3StreamError, RequestStreamDecoder } from '@sluice/h3'
import { abandon } from '../connection/abandon.ts'
import { StreamWriter } from '../connection/stream-writer.ts'

/** What happens on a request stream, in order. */
export interface RequestStreamHandler {
  headers(fieldSection: Uint8Array): void
  data(payload: Uint8Array): void
  trailers(): void
  /** FIN, at a place where a message may end. */
  ended(): void
  /** The peer reset its half. */
  wasReset(httpCode: number): void
  /** The peer sent STOP_SENDING; our half has been reset with its code. */
  stopped(httpCode: number): void
  /** All we wrote and our FIN are acknowledged. */
  finished(): void
  /** What `write` could not send at once is on its way: `hasRoom` again. */
  writable?(): void
  /** The peer broke a rule; both halves have been ended with the error's code. */
  failed(error: H3StreamError): void
}

export interface RequestStreamInit {
  readonly reading: 'request' | 'response'
  readonly maxFieldSectionSize: number
  /** Runs a step in which a connection error of the peer ends the connection. */
  readonly guard: (step: () => void) => void
}

/** A request stream of either side (RFC 9114, 4.1): frames in, bytes out, and one place where its errors are answered. */
export class RequestStream {
  readonly id: number
  /** May be exchanged: a request's handler is not the session's. */
  handler: RequestStreamHandler
  readonly #stream: Stream
  readonly #decoder: RequestStreamDecoder
  readonly #writer: StreamWriter
  readonly #guard: RequestStreamInit['guard']
  #paused = false
  #over = false
  #sendOver = false

  constructor(stream: Stream, handler: RequestStreamHandler, init: RequestStreamInit) {
    this.id = stream.id
    this.handler = handler
    this.#stream = stream
    this.#decoder = new RequestStreamDecoder(init)
    this.#writer = new StreamWriter(stream)
    this.#guard = init.guard
    // Like `stopped` below, for one that came with the first bytes.
    if (stream.stopCode !== undefined) this.#wasStopped(stream.stopCode)
    stream.events = {
      readable: () => init.guard(() => this.read()),
      writable: () => {
        this.#writer.flush()
        if (this.hasRoom) this.handler.writable?.()
      },
      stopped: (code) => this.#wasStopped(code),
      finished: () => this.handler.finished(),
    }
  }

  /** True once the peer's half has ended, however it did. */
  get readOver(): boolean {
    return this.#over
  }

  /** Takes bytes that were read ahead of this object. */
  push(first: Uint8Array): void {
    this.#decoder.push(first)
  }

  /** Reads nothing from QUIC until `resume`: the peer is held back by flow control. */
  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#guard(() => this.read())
  }

  /** Reads and hands out all there is. @throws H3ConnectionError */
  read(): void {
    if (this.#over) return
    try {
      this.#readAll()
    } catch (error) {
      if (!(error instanceof H3StreamError)) throw error
      this.fail(error)
    }
  }

  /** As that of the QUIC stream: 0 where nothing is set, higher goes first. */
  setPriority(priority: number): void {
    this.#stream.setPriority(priority)
  }

  /** Whether what is written now goes out at once. */
  get hasRoom(): boolean {
    return this.#writer.hasRoom
  }

  write(bytes: Uint8Array): void {
    if (!this.#sendOver) this.#writer.write(bytes)
  }

  /** FIN behind everything written. */
  finish(): void {
    if (!this.#sendOver) this.#writer.finish()
  }

  /** STOP_SENDING, if the peer's half is still open. */
  stopReading(httpCode: number): void {
    if (this.#over) return
    this.#over = true
    this.#stream.stopSending(httpCode)
  }

  /** Ends both halves at once. */
  abort(httpCode: number): void {
    this.#over = true
    this.#sendOver = true
    abandon(this.#stream, httpCode)
  }

  /** Ends both halves for a rule that the peer broke. */
  fail(error: H3StreamError): void {
    this.abort(error.httpCode)
    this.handler.failed(error)
  }

  #wasStopped(code: number): void {
    this.#sendOver = true
    this.#stream.reset(code)
    this.handler.stopped(code)
  }

  #readAll(): void {
    while (!this.#paused && !this.#over) {
      this.#drain()
      if (this.#paused || this.#over) return
      const chunk = this.#stream.read()
      if (chunk === undefined) {
        this.#checkEnd()
        return
      }
      this.#decoder.push(chunk)
    }
  }

  #drain(): void {
    while (!this.#paused && !this.#over) {
      const event = this.#decoder.next()
      if (event === undefined) return
      if (event.type === 'headers') this.handler.headers(event.fieldSection)
      else if (event.type === 'data') this.handler.data(event.payload)
      else this.handler.trailers()
    }
  }

  #checkEnd(): void {
    const state = this.#stream.receiveState
    if (state === 'ended') {
      this.#decoder.end()
      this.#drain()
      if (this.#over) return
      this.#over = true
      this.handler.ended()
    } else if (state === 'reset') {
      this.#over = true
      this.handler.wasReset(this.#stream.resetCode ?? ErrorCode.H3_NO_ERROR)
    }
  }
}

/** A frame that a CONNECT stream cannot carry (RFC 9114, 4.4). */
export function unexpectedOnConnect(what: string): H3ConnectionError {
  return new H3ConnectionError(ErrorCode.H3_FRAME_UNEXPECTED, `${what} on a CONNECT stream`)
}
