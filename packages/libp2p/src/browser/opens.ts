import { type CreditAccount, isTimeout, type Millis, NoStreamCreditError, type Verdict } from '@sluice/credit'
import type { OpenStreamOptions } from '@sluice/webtransport'
import { SessionClosedError } from '../errors.ts'
import { Timer } from '../timer.ts'

const DEFAULT_DEADLINE: Millis = 10_000

/** Opens that the platform works on at once while it has credit. */
const PARALLEL = 16

/** The peer raises its limit unseen, so a blocked queue looks again after this time, doubled up to the last. */
const RETRY_FIRST: Millis = 10
const RETRY_LAST: Millis = 320

interface Waiter<S> {
  readonly reserved: boolean
  /** It waits for credit, as far as anybody can tell, and is in the account. */
  counted: boolean
  readonly resolve: (stream: S) => void
  readonly reject: (error: unknown) => void
}

/** What the queue opens, and what it does with a stream that nobody waits for any more. */
export interface OpensOptions<S> {
  readonly open: () => Promise<S>
  readonly discard: (stream: S) => void
  readonly account: CreditAccount
  /** Without credit the platform says so at once: until then an open waits for the platform, and not for credit. */
  readonly rejects: boolean
  /** What the streams suffer from, now. */
  readonly verdict: () => Verdict
}

/**
 * Opens streams of a platform that tells nothing of its credit: Firefox lets an open hang until there is some, Chromium
 * rejects it. Here both wait, in order, with a deadline and a signal. Reserved opens go first; of a limit that is not
 * known nothing can be kept back for them.
 */
export class Opens<S> {
  readonly #options: OpensOptions<S>
  readonly #waiters: Waiter<S>[] = []
  readonly #retry = new Timer(() => this.#start(1))
  #delay = RETRY_FIRST
  #blocked = false
  #working = 0
  #closed: Error | undefined

  constructor(options: OpensOptions<S>) {
    this.#options = options
  }

  /** @throws as `Session.openStream` */
  async open({ signal, deadline = DEFAULT_DEADLINE, reserved = false }: OpenStreamOptions = {}): Promise<S> {
    signal?.throwIfAborted()
    if (this.#closed !== undefined) throw this.#closed
    const { account, rejects, verdict } = this.#options
    const began = Date.now()
    return await new Promise<S>((resolve, reject) => {
      const noCredit = (waited: Millis, cause?: unknown): void =>
        giveUp(new NoStreamCreditError(account.snapshot(), waited, verdict(), cause))
      const late = new Timer(() => noCredit(deadline))
      const settle = (): void => {
        late.disarm()
        signal?.removeEventListener('abort', onAbort)
      }
      const waiter: Waiter<S> = {
        reserved,
        counted: false,
        resolve: (stream) => {
          settle()
          if (waiter.counted) account.serve(Date.now())
          resolve(stream)
        },
        reject: (error) => {
          settle()
          if (waiter.counted) account.unwait()
          reject(error)
        },
      }
      const giveUp = (reason: unknown): void => {
        const place = this.#waiters.indexOf(waiter)
        if (place === -1) return
        this.#waiters.splice(place, 1)
        waiter.reject(reason)
      }
      const onAbort = (): void => {
        const reason: unknown = signal?.reason
        if (isTimeout(reason)) noCredit(Date.now() - began, reason)
        else giveUp(reason)
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      late.arm(deadline)
      this.#line(waiter)
      if (this.#blocked || !rejects) this.#count()
      if (!this.#blocked) this.#start(PARALLEL)
    })
  }

  /** Credit may be back: tries again at once. */
  retry(): void {
    if (!this.#blocked) return
    this.#delay = RETRY_FIRST
    this.#start(1)
  }

  close(): void {
    this.#closed = new SessionClosedError('the session is closed: dial again for a new one')
    this.#retry.disarm()
    this.failWaiting(this.#closed)
  }

  /** Fails those that wait now; a stream that the platform opens for them after all is discarded. */
  failWaiting(error: Error): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error)
  }

  #line(waiter: Waiter<S>): void {
    const ahead = waiter.reserved ? this.#waiters.findIndex(({ reserved }) => !reserved) : -1
    this.#waiters.splice(ahead === -1 ? this.#waiters.length : ahead, 0, waiter)
  }

  /** Whoever is in the line waits for credit from now on. */
  #count(): void {
    for (const waiter of this.#waiters) {
      if (!waiter.counted) this.#options.account.wait(Date.now())
      waiter.counted = true
    }
  }

  #start(parallel: number): void {
    if (this.#closed !== undefined) return
    if (this.#waiters.length === 0) this.#rest()
    const wanted = Math.min(parallel, this.#waiters.length)
    while (this.#working < wanted) {
      this.#working += 1
      this.#options.open().then(
        (stream) => this.#opened(stream),
        () => this.#refused(),
      )
    }
  }

  #opened(stream: S): void {
    this.#working -= 1
    this.#rest()
    this.#retry.disarm()
    const waiter = this.#waiters.shift()
    if (waiter === undefined) this.#options.discard(stream)
    else waiter.resolve(stream)
    this.#start(PARALLEL)
  }

  /** Nothing says any more that there is no credit: whoever comes next tries at once. */
  #rest(): void {
    this.#blocked = false
    this.#delay = RETRY_FIRST
  }

  /** Whatever the reason, the end of the session is told elsewhere; until then it is taken for want of credit. */
  #refused(): void {
    this.#working -= 1
    if (this.#closed !== undefined) return
    if (this.#waiters.length === 0) {
      this.#rest()
      return
    }
    this.#blocked = true
    this.#count()
    if (this.#retry.armed) return
    this.#retry.arm(this.#delay)
    this.#delay = Math.min(this.#delay * 2, RETRY_LAST)
  }
}
