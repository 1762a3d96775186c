import {
  type AccountSnapshot,
  type CreditAccount,
  isTimeout,
  type Millis,
  NoStreamCreditError,
  openToAll,
  type StreamCounts,
  type Verdict,
} from '@sluice/credit'
import type { Clock } from '../clock.ts'
import type { OpenStreamOptions } from '../session.ts'

const DEFAULT_DEADLINE: Millis = 10_000

interface Waiter<Stream> {
  readonly reserved: boolean
  readonly resolve: (stream: Stream) => void
  readonly reject: (reason: unknown) => void
  /** Takes timer and signal away. */
  readonly release: () => void
}

export interface OpenQueueOptions<Stream> {
  readonly clock: Clock
  /** Opens at once, or returns undefined when there is no credit. */
  readonly open: () => Stream | undefined
  /** Streams kept back for reserved opens at most. */
  readonly reserve: number
  /** Its counts of this moment. */
  readonly counts: () => StreamCounts
  /** The account with the least credit left: the waiting opens are counted in it. */
  readonly account: () => CreditAccount
  /** That account as it stands at this moment. */
  readonly snapshot: () => AccountSnapshot
  /** Why there has been no credit for so long. */
  readonly verdict: (waited: Millis) => Verdict
}

/**
 * Opens of one kind that wait for credit: first those that may use the reserve, then the others, each first come first
 * served.
 *
 * The engine opens in one step, so nothing is ever opened for a caller that has given up: it is out of the queue. What is
 * opened belongs to the session before its caller hears of it.
 */
export class OpenQueue<Stream> {
  readonly #options: OpenQueueOptions<Stream>
  readonly #reserved = new Set<Waiter<Stream>>()
  readonly #waiting = new Set<Waiter<Stream>>()
  /** At least so many may be opened without touching the reserve; spares most opens a question to the engine. */
  #openToAll = 0
  #account: CreditAccount

  constructor(options: OpenQueueOptions<Stream>) {
    this.#options = options
    this.#account = options.account()
  }

  /** Opens now, or not at all: undefined when there is no credit or others wait for it. */
  tryOpen(reserved = false): Stream | undefined {
    const behind = this.#reserved.size > 0 || (!reserved && this.#waiting.size > 0)
    return behind ? undefined : this.#open(reserved)
  }

  /** @throws NoStreamCreditError after the deadline or the timeout of the signal, otherwise the signal's reason, or what `fail` was given */
  async open({ signal, deadline = DEFAULT_DEADLINE, reserved = false }: OpenStreamOptions): Promise<Stream> {
    signal?.throwIfAborted()
    return this.tryOpen(reserved) ?? (await this.#wait(reserved, deadline, signal))
  }

  /** The limit was raised: serves as many as it allows. */
  serve(): void {
    for (const line of [this.#reserved, this.#waiting]) {
      for (const waiter of line) {
        const stream = this.#open(waiter.reserved)
        if (stream === undefined) {
          this.#findAccount()
          return
        }
        this.#serve(waiter)
        waiter.resolve(stream)
      }
    }
  }

  /** The session is over: nobody gets a stream any more. */
  fail(reason: Error): void {
    for (const waiter of [...this.#reserved, ...this.#waiting]) {
      this.#leave(waiter)
      waiter.reject(reason)
    }
  }

  #open(reserved: boolean): Stream | undefined {
    if (!reserved && !this.#leavesReserve()) return undefined
    const stream = this.#options.open()
    if (stream !== undefined && this.#openToAll > 0) this.#openToAll -= 1
    return stream
  }

  /** Whether an open leaves the reserve alone. Without any credit it does: it fails, and the engine says STREAMS_BLOCKED. */
  #leavesReserve(): boolean {
    if (this.#openToAll > 0) return true
    const { counts, reserve } = this.#options
    const now = counts()
    this.#openToAll = openToAll(now, reserve)
    return this.#openToAll > 0 || now.opened >= now.limit
  }

  #wait(reserved: boolean, deadline: Millis, signal: AbortSignal | undefined): Promise<Stream> {
    const { clock, snapshot, verdict } = this.#options
    return new Promise((resolve, reject) => {
      const giveUp = (reason: unknown) => {
        this.#leave(waiter)
        reject(reason)
      }
      const began = clock.now()
      const noCredit = (waited: Millis, cause?: unknown) =>
        giveUp(new NoStreamCreditError(snapshot(), waited, verdict(waited), cause))
      const expire = () => noCredit(deadline)
      const onAbort = () => {
        const reason: unknown = signal?.reason
        if (isTimeout(reason)) noCredit(clock.now() - began, reason)
        else giveUp(reason)
      }
      const cancel = Number.isFinite(deadline) ? clock.after(deadline, expire) : () => {}
      const release = () => {
        cancel()
        signal?.removeEventListener('abort', onAbort)
      }
      const waiter: Waiter<Stream> = { reserved, resolve, reject, release }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#line(reserved).add(waiter)
      this.#findAccount()
      this.#account.wait(clock.now())
    })
  }

  /** Whose limit holds the opens back may change while they wait. */
  #findAccount(): void {
    const account = this.#options.account()
    if (account === this.#account) return
    const now = this.#options.clock.now()
    for (let waiting = this.#account.snapshot().waiting; waiting > 0; waiting--) {
      this.#account.unwait()
      account.wait(now)
    }
    this.#account = account
  }

  /** What the reserve gives says nothing of the credit that the others wait for. */
  #serve(waiter: Waiter<Stream>): void {
    this.#line(waiter.reserved).delete(waiter)
    waiter.release()
    if (waiter.reserved) this.#account.unwait()
    else this.#account.serve(this.#options.clock.now())
  }

  #leave(waiter: Waiter<Stream>): void {
    if (!this.#line(waiter.reserved).delete(waiter)) return
    waiter.release()
    this.#account.unwait()
  }

  #line(reserved: boolean): Set<Waiter<Stream>> {
    return reserved ? this.#reserved : this.#waiting
  }
}
