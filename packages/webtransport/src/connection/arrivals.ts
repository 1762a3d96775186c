import type { Millis } from '@sluice/credit'
import type { Stream } from '@sluice/engine'
import type { StreamHeader } from '@sluice/h3'
import type { Clock } from '../clock.ts'
import { Arrival, type ArrivalHost } from './arrival.ts'

export interface ArrivalsOptions {
  readonly clock: Clock
  /** Time that a stream has to say what it is. */
  readonly deadline: Millis
  /** A stream has said what it is; `rest` came with its header. May throw what `guard` takes. */
  readonly identified: (stream: Stream, header: StreamHeader, rest: Uint8Array) => void
  /** A stream will never say it: both halves are to be ended. */
  readonly givenUp: (stream: Stream, httpCode: number) => void
  /** Runs a step in which a protocol error ends the connection. */
  readonly guard: (step: () => void) => void
}

/** The streams of the peer that have not said yet what they are. */
export class Arrivals implements ArrivalHost {
  readonly #options: ArrivalsOptions
  readonly #waiting = new Set<Arrival>()

  constructor(options: ArrivalsOptions) {
    this.#options = options
  }

  /** A stream was accepted. */
  add(stream: Stream): void {
    const arrival = new Arrival(stream, this)
    this.#waiting.add(arrival)
    arrival.read()
  }

  /** The connection is over. */
  clear(): void {
    for (const arrival of this.#waiting) arrival.cancel()
    this.#waiting.clear()
  }

  get clock(): Clock {
    return this.#options.clock
  }

  get deadline(): Millis {
    return this.#options.deadline
  }

  guard(step: () => void): void {
    this.#options.guard(step)
  }

  identified(arrival: Arrival, header: StreamHeader, rest: Uint8Array): void {
    this.#waiting.delete(arrival)
    this.#options.identified(arrival.stream, header, rest)
  }

  gone(arrival: Arrival): void {
    this.#waiting.delete(arrival)
  }

  givenUp(arrival: Arrival, httpCode: number): void {
    this.#waiting.delete(arrival)
    this.#options.givenUp(arrival.stream, httpCode)
  }
}
