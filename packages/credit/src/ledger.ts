import type { CreditAccount } from './account.ts'
import { StreamRecord } from './live-stream.ts'
import type { Millis } from './types.ts'

/** What share of the mean lifetime the last stream makes. */
const NEWEST = 1 / 16

/**
 * The streams behind one account: a record for each that is live, and how fast they come and go.
 *
 * Told of events, never looks by itself; memory is bounded by the streams that are live, and so by the limit. It keeps
 * the account: opened = live + retired, and a stream that is retired does not come back.
 */
export class StreamLedger implements Iterable<StreamRecord> {
  readonly account: CreditAccount
  /** In the order in which they were opened. */
  readonly #live = new Map<number, StreamRecord>()
  #lastOpenedAt: Millis | null = null
  #lastRetiredAt: Millis | null = null
  #lifetime: Millis | null = null
  #peak = 0

  constructor(account: CreditAccount) {
    this.account = account
  }

  /** A stream was opened. @throws RangeError when it is live already */
  open(id: number, now: Millis): StreamRecord {
    if (this.#live.has(id)) throw new RangeError(`stream ${id} was opened twice`)
    const record = new StreamRecord(id, this.account, now)
    this.#live.set(id, record)
    this.account.open()
    if (record.opener === 'us') this.account.accept()
    this.#lastOpenedAt = now
    this.#peak = Math.max(this.#peak, this.#live.size)
    return record
  }

  /** Both halves of a stream are gone. A stream that is not live here is ignored. */
  retire(id: number, now: Millis): void {
    const record = this.#live.get(id)
    if (record === undefined) return
    this.#live.delete(id)
    this.account.retire()
    const lifetime = now - record.openedAt
    this.#lifetime = this.#lifetime === null ? lifetime : this.#lifetime + (lifetime - this.#lifetime) * NEWEST
    this.#lastRetiredAt = now
  }

  /** A live stream of ours is over before the other end could learn of it: it counts as never opened. */
  withdraw(id: number): void {
    if (this.#live.delete(id)) this.account.withdraw()
  }

  /** The live streams, oldest first. */
  [Symbol.iterator](): Iterator<StreamRecord> {
    return this.#live.values()
  }

  /** The most that were ever live at once. */
  get peak(): number {
    return this.#peak
  }

  get lastOpenedAt(): Millis | null {
    return this.#lastOpenedAt
  }

  get lastRetiredAt(): Millis | null {
    return this.#lastRetiredAt
  }

  /** How long a stream lives, a mean in which the newest counts most; null before the first is over. */
  get lifetime(): Millis | null {
    return this.#lifetime
  }
}
