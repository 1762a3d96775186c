import { LabTimeoutError, PeerGoneError } from '../errors.ts'

/** The events of one peer, kept from the first on, so that none is missed between a cause and the wait for it. */
export class EventLog<E extends { readonly event: string }> {
  readonly #log: E[] = []
  readonly #waiting = new Set<() => void>()
  #ended = false

  push(event: E): void {
    this.#log.push(event)
    this.#wake()
  }

  /** The peer is gone: no further event comes. */
  end(): void {
    this.#ended = true
    this.#wake()
  }

  /** How many events of this name came so far: the index from which `wait` looks on. */
  count(name: E['event']): number {
    return this.#log.filter((event) => event.event === name).length
  }

  /** The event of this name with this index, now or when it comes. @throws LabTimeoutError, PeerGoneError */
  async wait(name: E['event'], index: number, timeout: number): Promise<E> {
    const deadline = AbortSignal.timeout(timeout)
    for (;;) {
      const event = this.#log.filter((one) => one.event === name)[index]
      if (event !== undefined) return event
      if (this.#ended) throw new PeerGoneError(`the peer ended before it said "${name}"`)
      if (deadline.aborted) throw new LabTimeoutError(`no "${name}" within ${timeout} ms`)
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake)
          deadline.removeEventListener('abort', wake)
          resolve()
        }
        this.#waiting.add(wake)
        deadline.addEventListener('abort', wake)
      })
    }
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake()
  }
}

/** @throws LabTimeoutError when `promise` takes longer than `timeout` ms; `what` names it in the message. */
export async function within<T>(promise: Promise<T>, timeout: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new LabTimeoutError(`${what}: nothing within ${timeout} ms`)), timeout)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
