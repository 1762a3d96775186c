import type { CreditAccount } from './account.ts'
import { NEWER, OLDER, StreamRecord } from './live-stream.ts'
import type { Millis } from './types.ts'

/** What share of the mean lifetime the last stream makes. */
const NEWEST = 1 / 16

/**
 * The streams behind one account: a record for each that is live, and how fast they come and go.
 *
 * Told of events, never looks by itself; memory is bounded by the streams that are live, and so by the limit. It keeps
 * the account: opened = live + retired, and a stream that is retired does not come back. Every stream of a
 * session comes and goes here, so that none is looked up: the live ones are a ring of records.
 */
export class StreamLedger implements Iterable<StreamRecord> {
  readonly account: CreditAccount
  /** No stream, but what closes the ring of the live ones: newer than it is the oldest, and older the newest. */
  readonly #ends: StreamRecord
  #lastOpenedAt: Millis | null = null
  #lastRetiredAt: Millis | null = null
  #lifetime: Millis | null = null
  #peak = 0

  constructor(account: CreditAccount) {
    this.account = account
    this.#ends = new StreamRecord(-1, account, 0)
  }

  /** A stream was opened. QUIC never gives an id twice (RFC 9000, 2.1). */
  open(id: number, now: Millis): StreamRecord {
    const record = new StreamRecord(id, this.account, now)
    link(this.#ends[OLDER], record)
    link(record, this.#ends)
    this.account.open()
    if (record.opener === 'us') record.accept(now)
    this.#lastOpenedAt = now
    this.#peak = Math.max(this.#peak, this.account.live)
    return record
  }

  /** Both halves of a stream are gone. A stream that is not live here is ignored. */
  retire(record: StreamRecord, now: Millis): void {
    if (!this.#remove(record)) return
    this.account.retire()
    const lifetime = now - record.openedAt
    const mean = this.#lifetime ?? lifetime
    this.#lifetime = mean + (lifetime - mean) * NEWEST
    this.#lastRetiredAt = now
  }

  /** A live stream of ours is over before the other end could learn of it: it counts as never opened. */
  withdraw(record: StreamRecord): void {
    if (this.#remove(record)) this.account.withdraw()
  }

  /** The streams that are live now, oldest first; what comes or goes meanwhile changes nothing. */
  [Symbol.iterator](): Iterator<StreamRecord> {
    const live: StreamRecord[] = []
    for (let record = this.#ends[NEWER]; record !== this.#ends; record = record[NEWER]) live.push(record)
    return live.values()
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

  /** False when it is not live here. */
  #remove(record: StreamRecord): boolean {
    if (record[NEWER] === record || record.account !== this.account) return false
    link(record[OLDER], record[NEWER])
    link(record, record)
    return true
  }
}

function link(older: StreamRecord, newer: StreamRecord): void {
  older[NEWER] = newer
  newer[OLDER] = older
}
