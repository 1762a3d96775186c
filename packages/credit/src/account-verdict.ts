import type { AccountSnapshot } from './account.ts'
import { countHolders, findMainOwner, type HolderCensus, type HolderClass } from './holders.ts'
import type { StreamRecord } from './live-stream.ts'
import type { AccountVerdictCode, OtherEnd, Proof } from './proof.ts'
import { keptBack, type RefillPolicy } from './refill.ts'
import { type AccountTrouble, summarize } from './summary.ts'
import type { Millis } from './types.ts'

/** What is known of one account and the streams behind it. */
export interface AccountEvidence {
  readonly account: AccountSnapshot
  /** The limit at the start of the connection; null when it is not known. */
  readonly window: number | null
  /** The largest window that whoever grants the credit has shown since, as far as is known; see `WindowWatch`. */
  readonly largestWindow: number | null
  /** Those that are live, oldest first; can be walked more than once. */
  readonly streams: Iterable<StreamRecord>
  /** The most that were ever live at once. */
  readonly peak: number
  readonly lastOpenedAt: Millis | null
  /** When an open that had waited last got its stream; see `CreditAccount.lastServedAt`. */
  readonly lastServedAt: Millis | null
  readonly lastRetiredAt: Millis | null
  readonly lifetime: Millis | null
  /** STREAMS_BLOCKED frames: sent by us for our streams, received for theirs. */
  readonly blockedFrames: number
  /** When whoever grants the credit gives it back. */
  readonly refill: RefillPolicy
  /** Streams that whoever opens keeps back for reserved opens. */
  readonly reserve: number
  /** null: nothing is known of the other end but what it does. */
  readonly other: OtherEnd | null
}

/** What an account suffers from. */
export interface AccountFinding {
  readonly code: AccountVerdictCode
  readonly harmless: boolean
  readonly proof: Proof
  readonly summary: string
}

interface Finding {
  readonly code: AccountTrouble
  /** The streams that the finding speaks of, the class with most of them first. */
  readonly holders?: readonly HolderClass[]
  /** Streams come and go all the same. */
  readonly flowing?: boolean
}

/** How long a stack may take to give the credit of a stream back that is over, when it does so by a timer. */
const REFILL_TIME: Millis = 500

/** For how long a peer may be silent before it is said that its application takes no streams: so many times the patience. */
const SILENCE = 1.5

/** And so long at least: its process may be held up, by others on its machine or by a burst of streams of ours. */
const HELD_UP: Millis = 650

/** The trouble of an account, if it has any. @param patience how long credit may be on its way */
export function judgeAccount(given: AccountEvidence, now: Millis, patience: Millis): AccountFinding | undefined {
  const evidence = { ...given, other: stillTrue(given) }
  const { account, window, lifetime, blockedFrames, lastOpenedAt, lastServedAt } = evidence
  const since = account.opener === 'us' ? account.blockedSince : (lastOpenedAt ?? evidence.other?.heardAt ?? null)
  if (since === null || !exhausted(evidence)) return undefined
  const census = countHolders(evidence.streams, now, patience)
  const unreturned = countUnreturned(evidence)
  const finding =
    account.opener === 'us'
      ? judgeOurs(evidence, census, unreturned, now, patience)
      : judgeTheirs(evidence, census, now, patience)
  if (finding === undefined) return undefined
  const { holders = [], flowing = false } = finding
  const harmless = finding.code === 'refill-pending'
  const code = account.layer === 'session' && !harmless ? 'session-limit' : finding.code
  const stalledSince = flowing ? since : Math.max(since, lastServedAt ?? since)
  const [holder] = holders
  const oldest = (holder === undefined ? undefined : census.oldest.get(holder)) ?? null
  const proof: Proof = {
    account,
    window,
    blockedFor: now - stalledSince,
    unreturned,
    peak: evidence.peak,
    refill: evidence.refill,
    holders: census.counts,
    lifetime: flowing ? lifetime : null,
    blockedFrames,
    oldest: oldest?.snapshot() ?? null,
    oldestAge: oldest === null ? null : now - oldest.openedAt,
    other: evidence.other,
    owner: findMainOwner(census, holders),
  }
  return { code, harmless, proof, summary: summarize(finding.code, proof) }
}

/**
 * With credit left nobody is blocked, however many streams are live or not accepted; what is in reserve is not left.
 * Where the limit is hidden, whoever waits is blocked.
 */
function exhausted({ account: { available, opener, waiting }, reserve, other }: AccountEvidence): boolean {
  if (available !== null) return available <= reserve
  return opener === 'us' ? waiting > 0 : other !== null && (other.waiting > 0 || other.undeliveredSince !== null)
}

/** What the other end counted, unless streams have come or gone here since. */
function stillTrue({ other, lastOpenedAt, lastRetiredAt }: AccountEvidence): OtherEnd | null {
  return other !== null && other.heardAt >= Math.max(lastOpenedAt ?? 0, lastRetiredAt ?? 0) ? other : null
}

/** Opens wait here: who holds the credit that the peer granted? */
function judgeOurs(
  { window, peak, lastServedAt, lastRetiredAt, lifetime, account, refill, other, streams }: AccountEvidence,
  census: HolderCensus,
  unreturned: number | null,
  now: Millis,
  patience: Millis,
): Finding | undefined {
  const since = account.blockedSince ?? now
  const returning = unreturned ?? 0
  const notYet: Finding | undefined = returning > 0 ? { code: 'refill-pending' } : undefined
  if (now - since < patience) return notYet
  // Opens are served while others wait: credit flows, only slower than it is asked for. What the reserve gives does not count.
  if (lastServedAt !== null && lastServedAt > since && now - lastServedAt < patience) {
    // Where the limit is hidden nobody knows that they waited for credit, and not for the platform.
    if (account.limit === null) return undefined
    // No limit is too small for streams that are over, be it that the stacks keep them for longer than streams live; and
    // opens that were served only while this wait began do not tell whether they flow or have stopped.
    const over = Math.max(returning, countHolders(streams, now, Math.max(patience, lifetime ?? 0)).counts.notReleased)
    if (over >= largestClass(census) || lastServedAt - since < patience) return notYet
    return { code: 'limit-too-small', holders: ['inUse'], flowing: true }
  }
  if (other !== null && other.notAccepted > 0 && other.notAccepted * 2 >= other.live) return { code: 'not-accepted' }
  if (returning > (other === null ? keptBack(refill, window ?? peak) : 0) && returning >= largestClass(census)) {
    // The acknowledgment of the last of them may not even be there yet, or the peer takes its time.
    const fresh = lastRetiredAt !== null && now - lastRetiredAt < Math.max(patience, REFILL_TIME)
    return { code: fresh ? 'refill-pending' : 'credit-withheld' }
  }
  const finding = blame(census) ?? { code: account.limit === null ? 'credit-withheld' : 'limit-too-small' }
  if (finding.code === 'not-accepted' && now - since < Math.max(SILENCE * patience, HELD_UP)) return undefined
  if (isMixed(census, finding)) return { code: 'limit-too-small', holders: ['inUse'] }
  return finding
}

/** The peer has used up what we granted: who holds it? */
function judgeTheirs(
  { lastOpenedAt, lastRetiredAt, blockedFrames, other }: AccountEvidence,
  census: HolderCensus,
  now: Millis,
  patience: Millis,
): Finding | undefined {
  const undeliveredSince = other?.undeliveredSince ?? null
  if (undeliveredSince !== null) return now - undeliveredSince < patience ? undefined : { code: 'not-delivered' }
  const lastMove = Math.max(lastOpenedAt ?? now, lastRetiredAt ?? 0)
  if (now - lastMove < patience) return undefined
  const finding = blame(census)
  // Streams at work may fill a limit exactly with nobody waiting for more: unless the peer says so, it is none of ours.
  const wanted =
    blockedFrames > 0 ||
    (other?.waiting ?? 0) > 0 ||
    finding?.code === 'not-accepted' ||
    finding?.code === 'not-released'
  return wanted && finding?.code !== 'refill-pending' ? finding : undefined
}

/**
 * Whether more than a quarter of all streams is elsewhere, and some at work: they come along, only slowly. Those that were
 * forgotten are soon all there are, for they never end.
 */
function isMixed(census: HolderCensus, { code }: Finding): boolean {
  if (code !== 'not-accepted' && code !== 'half-open') return false
  const live = Object.values(census.counts).reduce((sum: number, count) => sum + count, 0)
  // What is accused is the class with most of them.
  return census.counts.inUse > 0 && largestClass(census) * 4 < live * 3
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

/**
 * A peer raises its limit by one for each stream that it lets go (RFC 9000, 4.6), so what it raised tells how many those
 * were. Where the limit is hidden: as many as were live at once could be again, if all of their credit were back; and the other end may have told what it counts.
 */
function countUnreturned({ account, window, largestWindow, refill, peak, other }: AccountEvidence): number | null {
  const { limit, retired, live } = account
  if (limit === null) return Math.max(0, (other === null ? peak : other.live) - live)
  if (window === null) return null
  // A window that grew may shrink again, as our governor's does, but not below what it was at the start.
  const shrunk = window - live <= keptBack(refill, window)
  const owed = shrunk ? window : Math.max(window, largestWindow ?? window)
  return Math.max(0, retired - Math.max(0, limit - owed))
}
