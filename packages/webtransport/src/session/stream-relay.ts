import type { StreamEvents } from '@sluice/engine'

/** Who hears of a stream of the engine's; see `StreamEvents`. */
export interface StreamListener {
  onReadable(): void
  onWritable(): void
  onStopped(httpCode: number): void
  onFinished(): void
  onDiscarded(bytes: number): void
}

/** Hands the engine's callbacks on; one small object a stream instead of a closure for each. */
export class StreamRelay implements StreamEvents {
  readonly #owner: StreamListener

  constructor(owner: StreamListener) {
    this.#owner = owner
  }

  readable(): void {
    this.#owner.onReadable()
  }

  writable(): void {
    this.#owner.onWritable()
  }

  stopped(code: number): void {
    this.#owner.onStopped(code)
  }

  finished(): void {
    this.#owner.onFinished()
  }

  discarded(bytes: number): void {
    this.#owner.onDiscarded(bytes)
  }
}
