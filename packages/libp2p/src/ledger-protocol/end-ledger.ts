import type { CreditLayer, LiveStream, Millis, Opener, ReceiveState, SendState, StreamKind } from '@sluice/credit'
import type { Session } from '@sluice/webtransport'
import { liveDataStreams } from '../recovery/live.ts'

/** Streams that one answer lists at most; the oldest come first, for those are what a stall is about. */
export const MAX_STREAMS = 256

/** Two layers, two kinds, two openers. */
export const MAX_ACCOUNTS = 8

/** Characters of an owner's name that are told. */
export const MAX_OWNER = 256

/** An account as one end counts it, with a time that does not depend on that end's clock. */
export interface LedgerAccount {
  readonly layer: CreditLayer
  readonly kind: StreamKind
  /** As seen by the end that counts. */
  readonly opener: Opener
  readonly limit: number | null
  readonly opened: number
  readonly accepted: number
  readonly retired: number
  readonly waiting: number
  /** For how long the first of those has been waiting; null when none is. */
  readonly blockedFor: Millis | null
}

/** A live stream as one end sees it. */
export interface LedgerStream {
  /** QUIC stream id; null where the platform hides it. */
  readonly id: number | null
  readonly kind: StreamKind
  /** As seen by the end that counts. */
  readonly opener: Opener
  readonly owner: string | null
  /** For how long it has been open. */
  readonly age: Millis
  /** For how long the application has had it; null while it was not taken. */
  readonly acceptedFor: Millis | null
  readonly send: SendState | null
  readonly receive: ReceiveState | null
  /** For how long no half of it has been open; null while one is. */
  readonly closedFor: Millis | null
}

/** The ledger of one end of a connection, as it is sent to the other. */
export interface EndLedger {
  /** True: read from the QUIC engine. False: a count over a platform that hides its own. */
  readonly exact: boolean
  readonly accounts: readonly LedgerAccount[]
  /** Streams that are alive; more than `streams` lists when they are too many to send. */
  readonly live: number
  /** Oldest first. */
  readonly streams: readonly LedgerStream[]
}

/** What this end's session says now. @param max streams that are listed at most */
export function endLedger(session: Session, max: number = MAX_STREAMS): EndLedger {
  const { credit } = session
  const now = session.now()
  const streams = session.liveStreams(max)
  return {
    exact: credit.exact,
    accounts: credit.accounts.map(({ live: _live, available: _available, blockedSince, ...account }) => ({
      ...account,
      blockedFor: since(blockedSince, now),
    })),
    live: Math.max(streams.length, liveDataStreams(credit)),
    streams: streams.map((stream) => described(stream, credit.exact, now)),
  }
}

function described(stream: LiveStream, exact: boolean, now: Millis): LedgerStream {
  const { id, kind, opener, owner, openedAt, acceptedAt, closedAt, send, receive } = stream
  return {
    id: exact ? id : null,
    kind,
    opener,
    owner: owner === null ? null : owner.slice(0, MAX_OWNER),
    age: Math.round(Math.max(0, now - openedAt)),
    acceptedFor: since(acceptedAt, now),
    send,
    receive,
    closedFor: since(closedAt, now),
  }
}

function since(time: Millis | null, now: Millis): Millis | null {
  return time === null ? null : Math.round(Math.max(0, now - time))
}
