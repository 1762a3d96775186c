import {
  type AccountSnapshot,
  type CreditAccount,
  type Millis,
  NoStreamCreditError,
  type Verdict,
} from '@sluice/credit'
import type { Clock } from '../clock.ts'
import type { OpenStreamOptions } from '../session.ts'

const DEFAULT_DEADLINE: Millis = 10_000

interface Waiter<Stream> {
  readonly resolve: (stream: Stream) => void
  readonly reject: (reason: unknown) => void
  /** Takes timer and signal away. */
  readonly release: () => void
}

export interface OpenQueueOptions<Stream> {
  readonly clock: Clock
  /** Opens at once, or returns undefined when there is no credit. */
  readonly open: () => Stream | undefined
  /** The account that the waiting opens are counted in. */
  readonly account: CreditAccount
  /** That account with the engine's counts of this moment. */
  readonly snapshot: () => AccountSnapshot
  /** Why there has been no credit for so long. */
  readonly verdict: (waited: Millis) => Verdict
}

/**
 * Opens of one kind that wait for credit, first come first served.
 *
 * The engine opens in one step, so nothing is ever opened for a caller that has given up: it is out of the queue. What is
 * opened belongs to the session before its caller hears of it.
 */
export class OpenQueue<Stream> {
  readonly #options: OpenQueueOptions<Stream>
  readonly #waiting = new Set<Waiter<Stream>>()

  constructor(options: OpenQueueOptions<Stream>) {
    this.#options = options
  }

  /** Opens now, or not at all: undefined when there is no credit or others wait for it. */
  tryOpen(): Stream | undefined {
    return this.#waiting.size === 0 ? this.#options.open() : undefined
  }

  /** @throws NoStreamCreditError after the deadline, the signal's reason, or what `fail` was given */
  async open(options: OpenStreamOptions): Promise<Stream> {
    options.signal?.throwIfAborted()
    return this.tryOpen() ?? (await this.#wait(options.deadline ?? DEFAULT_DEADLINE, options.signal))
  }

  /** The limit was raised: serves as many as it allows. */
  serve(): void {
    for (const waiter of this.#waiting) {
      const stream = this.#options.open()
      if (stream === undefined) return
      this.#leave(waiter)
      waiter.resolve(stream)
    }
  }

  /** The session is over: nobody gets a stream any more. */
  fail(reason: Error): void {
    for (const waiter of this.#waiting) {
      this.#leave(waiter)
      waiter.reject(reason)
    }
  }

  #wait(deadline: Millis, signal: AbortSignal | undefined): Promise<Stream> {
    const { clock, account, snapshot, verdict } = this.#options
    return new Promise((resolve, reject) => {
      const giveUp = (reason: unknown) => {
        this.#leave(waiter)
        reject(reason)
      }
      const onAbort = () => giveUp(signal?.reason)
      const expire = () => giveUp(new NoStreamCreditError(snapshot(), deadline, verdict(deadline)))
      const cancel = Number.isFinite(deadline) ? clock.after(deadline, expire) : () => {}
      const release = () => {
        cancel()
        signal?.removeEventListener('abort', onAbort)
      }
      const waiter: Waiter<Stream> = { resolve, reject, release }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiting.add(waiter)
      account.wait(clock.now())
    })
  }

  #leave(waiter: Waiter<Stream>): void {
    if (!this.#waiting.delete(waiter)) return
    waiter.release()
    this.#options.account.unwait()
  }
}
