import type { Millis } from '@sluice/credit'
import type { Stream } from '@sluice/engine'
import { ErrorCode, type StreamHeader, StreamHeaderDecoder } from '@sluice/h3'
import type { Clock } from '../clock.ts'

/** Who waits for streams to say what they are. */
export interface ArrivalHost {
  readonly clock: Clock
  /** Time that a stream has to say it. */
  readonly deadline: Millis
  /** The header is complete; `rest` came with it. May throw what `guard` takes. */
  identified(arrival: Arrival, header: StreamHeader, rest: Uint8Array): void
  /** The stream is lost with its connection. */
  gone(arrival: Arrival): void
  /** The stream ended, or its time did: both halves are to be ended. */
  givenUp(arrival: Arrival, httpCode: number): void
  /** Runs a step in which a protocol error ends the connection. */
  guard(step: () => void): void
}

/**
 * A stream of the peer that has not said yet what it is. Both halves end in bounded time if it never does.
 *
 * A unidirectional stream that is still empty is left alone: opening a stream opens all of lower number (RFC 9000,
 * 3.2), and one of those may be a QPACK stream that its owner has had no use for. To stop that would end the
 * connection (RFC 9204, 4.2), as Chromium does. The limit of such streams is small.
 */
export class Arrival {
  readonly stream: Stream
  readonly #host: ArrivalHost
  readonly #decoder: StreamHeaderDecoder
  #cancelDeadline: (() => void) | undefined
  #empty = true

  constructor(stream: Stream, host: ArrivalHost) {
    this.stream = stream
    this.#host = host
    this.#decoder = new StreamHeaderDecoder(stream.kind)
  }

  /** Reads what there is; most streams say what they are in the first chunk, and then no timer is ever set. */
  read(): void {
    for (;;) {
      const chunk = this.stream.read()
      if (chunk === undefined) break
      if (chunk.byteLength > 0) this.#empty = false
      const complete = this.#decoder.push(chunk)
      if (complete !== undefined) {
        this.cancel()
        this.#host.identified(this, complete.header, complete.rest)
        return
      }
    }
    const state = this.stream.receiveState
    if (state === 'open') this.#wait()
    else if (state === 'lost') this.#host.gone(this)
    else this.#giveUp(ErrorCode.H3_REQUEST_INCOMPLETE)
  }

  /** The connection is over. */
  cancel(): void {
    this.#cancelDeadline?.()
    this.#cancelDeadline = undefined
    this.stream.events = {}
  }

  #wait(): void {
    if (this.#cancelDeadline !== undefined) return
    const host = this.#host
    if (this.stream.kind === 'bidi' || !this.#empty) {
      this.#cancelDeadline = host.clock.after(host.deadline, () => this.#giveUp(ErrorCode.H3_STREAM_CREATION_ERROR))
    }
    this.stream.events = {
      readable: () => host.guard(() => this.read()),
      stopped: (code) => this.stream.reset(code),
    }
  }

  #giveUp(httpCode: number): void {
    this.cancel()
    this.#host.givenUp(this, httpCode)
  }
}
