import { LabTimeoutError, PeerGoneError } from '../errors.ts'
import type { CommandName, Commands, PeerEvent } from './commands.ts'

/** A libp2p peer under the lab's control: a process or a page in a browser. */
export interface Peer {
  readonly name: string
  /** Addresses to dial, with /certhash and /p2p; empty when it does not listen. */
  readonly addresses: readonly string[]
  readonly peerId: string
  readonly events: PeerEvents
  /** @throws CommandFailedError the peer says so, LabTimeoutError no answer, PeerGoneError */
  request<N extends CommandName>(command: N, options: Commands[N]['options']): Promise<Commands[N]['result']>
  /** Ends it with no chance to say goodbye. */
  kill(): Promise<void>
  /** Ends it in order. */
  stop(): Promise<void>
}

/** The events of one peer, kept from the first on, so that none is missed between a cause and the wait for it. */
export class PeerEvents {
  readonly #log: PeerEvent[] = []
  readonly #waiting = new Set<() => void>()
  #ended = false

  push(event: PeerEvent): void {
    this.#log.push(event)
    this.#wake()
  }

  /** The peer is gone: no further event comes. */
  end(): void {
    this.#ended = true
    this.#wake()
  }

  /** How many events of this name came so far: the place from which `wait` looks on. */
  count(name: PeerEvent['event']): number {
    return this.#log.filter((event) => event.event === name).length
  }

  /** The event of this name with this index, now or when it comes. @throws LabTimeoutError, PeerGoneError */
  async wait(name: PeerEvent['event'], index: number, timeout: number): Promise<PeerEvent> {
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
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new LabTimeoutError(`${what}: nothing within ${timeout} ms`)), timeout)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
