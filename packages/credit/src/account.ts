import type { CreditLayer, Millis, Opener, StreamCounts, StreamKind } from './types.ts'

/** What identifies an account within a connection. */
export interface AccountKey {
  readonly layer: CreditLayer
  readonly kind: StreamKind
  readonly opener: Opener
}

/** An account at one moment, as it is printed, compared and sent. `null`: not known here (a browser hides it), or no limit. */
export interface AccountSnapshot extends AccountKey {
  readonly limit: number | null
  readonly opened: number
  readonly accepted: number
  readonly retired: number
  /** opened - retired */
  readonly live: number
  /** limit - opened */
  readonly available: number | null
  /** Opens that wait for credit. */
  readonly waiting: number
  /** Since when the first of them waits, by the clock of the reader; null when none does. */
  readonly blockedSince: Millis | null
}

/** All accounts of a connection at one moment. */
export interface CreditSnapshot {
  /** True: read from the QUIC engine. False: our own count over a platform that hides its own. */
  readonly exact: boolean
  readonly accounts: readonly AccountSnapshot[]
}

/**
 * Credit for opening streams of one kind with one opener, at one layer.
 *
 * A QUIC limit counts every stream ever opened, so `available` falls for ever unless the owner of the limit raises
 * it, and it raises it only for streams whose two halves are terminal (RFC 9000, 4.6 and 3.4).
 */
export class CreditAccount {
  readonly key: AccountKey
  /** Called when the first open begins to wait. */
  onBlocked: (() => void) | undefined
  #limit: number | null
  #opened = 0
  #accepted = 0
  #retired = 0
  #waiting = 0
  #blockedSince: Millis | null = null
  #lastServedAt: Millis | null = null

  /** @param limit streams that may ever be opened; null where nobody tells */
  constructor(key: AccountKey, limit: number | null) {
    this.key = key
    this.#limit = limit
  }

  /** Opens wait for credit. */
  get waiting(): boolean {
    return this.#waiting > 0
  }

  /** When an open that had waited last got its stream, and not from the reserve; null when none ever did. */
  get lastServedAt(): Millis | null {
    return this.#lastServedAt
  }

  /** Streams of which a half is still alive. */
  get live(): number {
    return this.#opened - this.#retired
  }

  /** Streams that may be opened now; null when the limit is not known. */
  get available(): number | null {
    return this.#limit === null ? null : Math.max(0, this.#limit - this.#opened)
  }

  /** Raises the limit; a lower or equal value is an old frame and is ignored (RFC 9000, 4.6). */
  raise(limit: number): void {
    if (this.#limit === null || limit > this.#limit) this.#limit = limit
  }

  /** A stream was opened. */
  open(): void {
    this.#opened += 1
  }

  /** A stream that we opened, and that nobody else can ever learn of, counts as never opened. */
  withdraw(): void {
    this.#insist(this.live > 0, 'withdrawn')
    this.#opened -= 1
    this.#accepted -= 1
  }

  /** The application took a stream. */
  accept(): void {
    this.#insist(this.#accepted < this.#opened, 'accepted')
    this.#accepted += 1
  }

  /** Both halves of a stream are terminal. */
  retire(): void {
    this.#insist(this.#retired < this.#opened, 'retired')
    this.#retired += 1
  }

  /** Takes over exact counts from the engine. */
  set(counts: StreamCounts): void {
    this.#limit = counts.limit
    this.#opened = counts.opened
    this.#accepted = counts.accepted
    this.#retired = counts.retired
  }

  /** An open began to wait for credit. */
  wait(now: Millis): void {
    this.#waiting += 1
    if (this.#blockedSince !== null) return
    this.#blockedSince = now
    this.onBlocked?.()
  }

  /** An open that waited gets its stream: credit flows. */
  serve(now: Millis): void {
    this.unwait()
    this.#lastServedAt = now
  }

  /** An open no longer waits: it gave up, or was let through to the reserve. */
  unwait(): void {
    this.#insist(this.waiting, 'served')
    this.#waiting -= 1
    if (this.#waiting === 0) this.#blockedSince = null
  }

  snapshot(): AccountSnapshot {
    return {
      ...this.key,
      limit: this.#limit,
      opened: this.#opened,
      accepted: this.#accepted,
      retired: this.#retired,
      live: this.live,
      available: this.available,
      waiting: this.#waiting,
      blockedSince: this.#blockedSince,
    }
  }

  /** @throws RangeError where more is said to have happened than can have */
  #insist(possible: boolean, event: string): void {
    if (!possible) throw new RangeError(`too many ${event}: ${JSON.stringify(this.key)}`)
  }
}
