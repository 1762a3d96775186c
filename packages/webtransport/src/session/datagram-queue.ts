import { tell } from './tell.ts'

/** Datagrams that arrived and wait for a reader; bounded, the oldest dropped first. */
export class DatagramQueue {
  readonly #limit: number
  #reader: ((payload: Uint8Array) => void) | undefined
  #waiting: Uint8Array[] = []
  #dropped = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Datagrams dropped here for want of a reader. */
  get dropped(): number {
    return this.#dropped
  }

  get reader(): ((payload: Uint8Array) => void) | undefined {
    return this.#reader
  }

  set reader(reader: ((payload: Uint8Array) => void) | undefined) {
    this.#reader = reader
    if (reader !== undefined && this.#waiting.length > 0) queueMicrotask(() => this.#handOver())
  }

  add(payload: Uint8Array): void {
    this.#waiting.push(payload)
    this.#handOver()
    if (this.#waiting.length <= this.#limit) return
    this.#waiting.shift()
    this.#dropped += 1
  }

  clear(): void {
    this.#waiting = []
  }

  #handOver(): void {
    for (let reader = this.#reader; reader !== undefined; reader = this.#reader) {
      const payload = this.#waiting.shift()
      if (payload === undefined) return
      tell(() => reader?.(payload))
    }
  }
}
