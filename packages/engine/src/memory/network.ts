import type { MemoryEndpoint } from './endpoint.ts'

/** Runs a batch of deliveries later, never inside the call that caused it. */
export type Schedule = (run: () => void) => void

/**
 * The wire between memory endpoints: one queue, first in first out, no loss. What is posted while a batch runs waits
 * for the next one, so that an answer always takes a turn, as on a real network, and the order is the same in each run.
 */
export class MemoryNetwork {
  readonly #schedule: Schedule
  readonly #endpoints = new Map<number, MemoryEndpoint>()
  #queue: (() => void)[] = []
  #nextPort = 49_152

  /** @param schedule when to run the next batch; the simulator gives its virtual clock, default is `setImmediate` */
  constructor(schedule: Schedule = (run) => void setImmediate(run)) {
    this.#schedule = schedule
  }

  /** Puts a delivery at the end of the queue. */
  post(delivery: () => void): void {
    if (this.#queue.push(delivery) === 1) this.#schedule(() => this.#run())
  }

  /** Takes a port; undefined when it is in use. 0 picks a free one. */
  attach(endpoint: MemoryEndpoint, port: number): number | undefined {
    const taken = port === 0 ? this.#freePort() : port
    if (this.#endpoints.has(taken)) return undefined
    this.#endpoints.set(taken, endpoint)
    return taken
  }

  detach(port: number): void {
    this.#endpoints.delete(port)
  }

  endpointAt(port: number): MemoryEndpoint | undefined {
    return this.#endpoints.get(port)
  }

  #freePort(): number {
    while (this.#endpoints.has(this.#nextPort)) this.#nextPort += 1
    return this.#nextPort
  }

  #run(): void {
    const batch = this.#queue
    this.#queue = []
    // A throwing callback must not take the rest of its batch with it.
    for (const [index, delivery] of batch.entries()) {
      try {
        delivery()
      } catch (error) {
        this.#queue = [...batch.slice(index + 1), ...this.#queue]
        if (this.#queue.length > 0) this.#schedule(() => this.#run())
        throw error
      }
    }
  }
}
