import type { AccountSnapshot } from './account.ts'
import {
  countHolders,
  findMainOwner,
  type HolderCensus,
  type HolderClass,
  type Holders,
  type MainOwner,
} from './holders.ts'
import type { LiveStream, StreamRecord } from './live-stream.ts'
import { keptBack, type RefillPolicy } from './refill.ts'
import { summarize } from './summary.ts'
import type { Millis } from './types.ts'

/** Every verdict there is; each has a page in `docs/verdicts`. */
export const verdictCodes = [
  'healthy',
  'refill-pending',
  'limit-too-small',
  'not-accepted',
  'half-open',
  'not-released',
  'credit-withheld',
  'session-gone',
] as const

export type VerdictCode = (typeof verdictCodes)[number]

/** The codes that speak of an account. */
export type AccountVerdictCode = Exclude<VerdictCode, 'healthy' | 'session-gone'>

/** The numbers that prove a verdict. */
export interface Proof {
  /** The account at the QUIC layer. */
  readonly account: AccountSnapshot
  /** Streams at once that the limit allows: what it was at the start. */
  readonly window: number | null
  /** For how long no stream could be opened, or while streams come and go for how long opens have waited in a row. */
  readonly blockedFor: Millis
  /** Streams that are over at this end and that the limit was not raised for; null where the window is not known. */
  readonly unreturned: number | null
  /** When whoever grants the credit gives it back. */
  readonly refill: RefillPolicy
  readonly holders: Holders
  /** Mean lifetime of the streams that are over; null when none is, or when no stream comes and goes at present. */
  readonly lifetime: Millis | null
  /** STREAMS_BLOCKED frames that whoever opens has sent since the connection began. */
  readonly blockedFrames: number
  /** The oldest of the streams that the verdict speaks of; null when it speaks of none. */
  readonly oldest: LiveStream | null
  /** For how long that one has been open. */
  readonly oldestAge: Millis | null
  /** Who holds more than half of the streams that the verdict speaks of; null when nobody does, or none has a name. */
  readonly owner: MainOwner | null
}

/** What a connection's stream credit suffers from, if anything. */
export type Verdict = {
  /** True when nothing has to be done. */
  readonly harmless: boolean
  /** The verdict in one sentence. */
  readonly summary: string
} & (
  | { readonly code: 'healthy' | 'session-gone'; readonly proof: null }
  | { readonly code: AccountVerdictCode; readonly proof: Proof }
)

/** What is known of one account at the QUIC layer and the streams behind it. */
export interface AccountEvidence {
  readonly account: AccountSnapshot
  /** The limit at the start of the connection; null when it is not known. */
  readonly window: number | null
  /** Those that are live. */
  readonly streams: Iterable<StreamRecord>
  readonly lastOpenedAt: Millis | null
  readonly lastRetiredAt: Millis | null
  readonly lifetime: Millis | null
  /** STREAMS_BLOCKED frames: sent by us for our streams, received for theirs. */
  readonly blockedFrames: number
  /** When whoever grants the credit gives it back. */
  readonly refill: RefillPolicy
  /** Streams that whoever opens keeps back for reserved opens. */
  readonly reserve: number
}

export interface CreditEvidence {
  readonly now: Millis
  /** How long credit may be on its way before anybody is suspected; see `patienceFor`. */
  readonly patience: Millis
  /** The session has ended. */
  readonly over: boolean
  readonly accounts: readonly AccountEvidence[]
}

/** Time for work that needs no round trip, such as a delayed acknowledgment. */
const PATIENCE: Millis = 200

/** Round trips in which credit comes back when one packet is lost on its way. */
const PATIENCE_ROUND_TRIPS = 3

/** How long credit may be under way before its absence means something. */
export function patienceFor(rtt: Millis): Millis {
  return PATIENCE + PATIENCE_ROUND_TRIPS * rtt
}

/** The verdict on a connection: that of the first account with trouble. */
export function judge({ now, patience, over, accounts }: CreditEvidence): Verdict {
  if (over) return { code: 'session-gone', harmless: false, proof: null, summary: 'the session is over' }
  const verdicts = accounts.flatMap((evidence) => judgeAccount(evidence, now, patience) ?? [])
  return (
    verdicts.find(({ harmless }) => !harmless) ??
    verdicts[0] ?? { code: 'healthy', harmless: true, proof: null, summary: 'streams can be opened' }
  )
}

interface Finding {
  readonly code: AccountVerdictCode
  /** The streams that the finding speaks of, the class with most of them first. */
  readonly holders?: readonly HolderClass[]
  /** Streams come and go all the same. */
  readonly flowing?: boolean
}

function judgeAccount(evidence: AccountEvidence, now: Millis, patience: Millis): Verdict | undefined {
  const { account, window, lifetime, blockedFrames, lastOpenedAt, reserve } = evidence
  const since = account.opener === 'us' ? account.blockedSince : lastOpenedAt
  // With credit left nobody is blocked, however many streams are live or not accepted; what is in reserve is not left.
  if (account.available === null || account.available > reserve || since === null) return undefined
  const census = countHolders(evidence.streams, now, patience)
  const unreturned = countUnreturned(account, window)
  const finding =
    account.opener === 'us'
      ? judgeOurs(evidence, census, unreturned, now, patience)
      : judgeTheirs(evidence, census, now, patience)
  if (finding === undefined) return undefined
  const { code, holders = [], flowing = false } = finding
  const stalledSince = flowing ? since : Math.max(since, lastOpenedAt ?? since)
  const [holder] = holders
  const oldest = (holder === undefined ? undefined : census.oldest.get(holder)) ?? null
  const proof: Proof = {
    account,
    window,
    blockedFor: now - stalledSince,
    unreturned,
    refill: evidence.refill,
    holders: census.counts,
    lifetime: flowing ? lifetime : null,
    blockedFrames,
    oldest: oldest?.snapshot() ?? null,
    oldestAge: oldest === null ? null : now - oldest.openedAt,
    owner: findMainOwner(census, holders),
  }
  return { code, harmless: code === 'refill-pending', proof, summary: summarize(code, proof) }
}

/** Opens wait here: who holds the credit that the peer granted? */
function judgeOurs(
  { window, lastOpenedAt, lastRetiredAt, account, refill }: AccountEvidence,
  census: HolderCensus,
  unreturned: number | null,
  now: Millis,
  patience: Millis,
): Finding | undefined {
  const since = account.blockedSince ?? now
  const returning = unreturned ?? 0
  if (now - since < patience) return returning > 0 ? { code: 'refill-pending' } : undefined
  // Opens are served while others wait: credit flows, only slower than it is asked for.
  if (lastOpenedAt !== null && lastOpenedAt > since && now - lastOpenedAt < patience)
    return { code: 'limit-too-small', holders: ['inUse'], flowing: true }
  if (returning > keptBack(refill, window ?? 0) && returning >= largestClass(census)) {
    // The acknowledgment of the last of them may not even be there yet.
    const fresh = lastRetiredAt !== null && now - lastRetiredAt < patience
    return { code: fresh ? 'refill-pending' : 'credit-withheld' }
  }
  return blame(census) ?? { code: 'limit-too-small' }
}

/** The peer has used up what we granted: who holds it? */
function judgeTheirs(
  { lastOpenedAt, lastRetiredAt, blockedFrames }: AccountEvidence,
  census: HolderCensus,
  now: Millis,
  patience: Millis,
): Finding | undefined {
  const lastMove = Math.max(lastOpenedAt ?? now, lastRetiredAt ?? 0)
  if (now - lastMove < patience) return undefined
  const finding = blame(census)
  // Streams at work may fill a limit exactly with nobody waiting for more: unless the peer says so, it is none of ours.
  const wanted = blockedFrames > 0 || finding?.code === 'not-accepted' || finding?.code === 'not-released'
  return wanted && finding?.code !== 'refill-pending' ? finding : undefined
}

/** How much credit the class with most of it holds. */
function largestClass({ counts }: HolderCensus): number {
  const { notAccepted, inUse, sendOpen, receiveOpen, notReleased, closing } = counts
  return Math.max(notAccepted, inUse, sendOpen + receiveOpen, notReleased, closing)
}

/** The class that holds most of the credit; undefined when no stream holds any. */
function blame(census: HolderCensus): Finding | undefined {
  const { notAccepted, inUse, sendOpen, receiveOpen, notReleased } = census.counts
  const most = largestClass(census)
  if (most === 0) return undefined
  if (most === notAccepted) return { code: 'not-accepted', holders: ['notAccepted'] }
  if (most === notReleased) return { code: 'not-released', holders: ['notReleased'] }
  if (most === sendOpen + receiveOpen)
    return {
      code: 'half-open',
      holders: sendOpen >= receiveOpen ? ['sendOpen', 'receiveOpen'] : ['receiveOpen', 'sendOpen'],
    }
  return most === inUse
    ? { code: 'limit-too-small', holders: ['inUse'] }
    : { code: 'refill-pending', holders: ['closing'] }
}

/** A peer raises its limit by one for each stream that it lets go (RFC 9000, 4.6), so what it raised tells how many those were. */
function countUnreturned({ limit, retired }: AccountSnapshot, window: number | null): number | null {
  return limit === null || window === null ? null : Math.max(0, retired - Math.max(0, limit - window))
}
