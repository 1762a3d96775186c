import type { AccountSnapshot } from './account.ts'
import type { Holders, MainOwner } from './holders.ts'
import type { LiveStream } from './live-stream.ts'
import type { RefillPolicy } from './refill.ts'
import type { Millis } from './types.ts'

/** What can be wrong with an account; each has a page in `docs/verdicts`. */
export type AccountVerdictCode =
  | 'refill-pending'
  | 'limit-too-small'
  | 'not-accepted'
  | 'not-delivered'
  | 'half-open'
  | 'not-released'
  | 'credit-withheld'
  | 'session-limit'

/** The numbers that prove a verdict on an account. */
export interface Proof {
  /** The account that has nothing left. */
  readonly account: AccountSnapshot
  /** Streams at once that the limit allows: what it was at the start. */
  readonly window: number | null
  /** For how long no stream could be opened, or while streams come and go for how long opens have waited in a row. */
  readonly blockedFor: Millis
  /**
   * Streams that are over at this end and that the limit was not raised for; where the limit is hidden, at least so
   * many; null where the window is not known.
   */
  readonly unreturned: number | null
  /** The most streams that were ever live at once. */
  readonly peak: number
  /** When whoever grants the credit gives it back. */
  readonly refill: RefillPolicy
  readonly holders: Holders
  /** Mean lifetime of the streams that are over; null when none is, or when no stream comes and goes at present. */
  readonly lifetime: Millis | null
  /** STREAMS_BLOCKED frames, or capsules at the session layer, that whoever opens has sent since the connection began. */
  readonly blockedFrames: number
  /** The oldest of the streams that the verdict speaks of; null when it speaks of none. */
  readonly oldest: LiveStream | null
  /** For how long that one has been open. */
  readonly oldestAge: Millis | null
  /** What the other end counted, with nothing having happened here since; null where it has not said. */
  readonly other: OtherEnd | null
  /** Who holds more than half of the streams that the verdict speaks of; null when nobody does, or none has a name. */
  readonly owner: MainOwner | null
}

/** The same streams as the other end counts them, where it tells (`/sluice/ledger/1.0.0`). */
export interface OtherEnd {
  /** What it keeps, or knows, of the limit of the connection. */
  readonly limit: number | null
  readonly opened: number
  readonly live: number
  /** Streams that its application has not taken; 0 for those that it opens itself. */
  readonly notAccepted: number
  /** Its opens that wait for credit. */
  readonly waiting: number
  readonly heardAt: Millis
  /** Since when it has counted streams of its own as open that never came to light here; null: it counts none. */
  readonly undeliveredSince: Millis | null
}
