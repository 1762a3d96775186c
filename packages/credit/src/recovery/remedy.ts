import type { Proof } from '../proof.ts'
import type { Opener } from '../types.ts'
import { accountProof, type Verdict, type VerdictCode } from '../verdict.ts'

/** What can be done about a stall, mildest first. What is left after that is to close. */
export type Remedy = 'reclaim' | 'nudge' | 'rotate'

/** Whose opens are stalled; and whether the halves that hold the credit were forgotten by the application here. */
export type RemedyCase = 'ours' | 'theirs' | 'ours, forgotten here'

type RemedyRow = Readonly<Record<'ours' | 'theirs', readonly Remedy[]> & { [Case in RemedyCase]?: readonly Remedy[] }>

const NOTHING: RemedyRow = { ours: [], theirs: [] }
const OURS_TO_ACT: RemedyRow = { ours: ['nudge', 'rotate'], theirs: [] }

/**
 * What is done about each verdict, in this order. A cause that lies in the application here, or in what the peer
 * grants by right, would come along to a fresh session: then nothing is rotated.
 */
export const REMEDIES: Readonly<Record<VerdictCode, RemedyRow>> = {
  // Streams flow.
  healthy: NOTHING,
  'refill-pending': NOTHING,
  // Every stream is in use: a second session would take by stealth what the peer, or our governor, does not grant.
  'limit-too-small': NOTHING,
  // Only the application at the end that does not take them can, and from a fresh session no sooner.
  'not-accepted': NOTHING,
  // The browser hands over no stream any more: only a fresh session has them delivered again.
  'not-delivered': { ours: [], theirs: ['rotate'] },
  'half-open': {
    // The peer does not end its halves. What we forgot ourselves goes first; a fresh session has credit again.
    ours: ['reclaim', 'nudge', 'rotate'],
    // The application here forgets its halves, and would on a fresh session.
    'ours, forgotten here': ['reclaim'],
    // Our halves of the peer's streams; the peer's own are its own affair, or the governor's reaper's.
    theirs: ['reclaim'],
  },
  // Both ends are done with the streams: an acknowledgment is missing, or a stack has lost count.
  'not-released': { ours: ['nudge', 'rotate'], theirs: ['nudge', 'rotate'] },
  // The peer got every stream back and raises no limit: one try to wake it, then a fresh session.
  'credit-withheld': OURS_TO_ACT,
  // A limit of the session, a window of the connection: a fresh session has its own. Stalled at their end, it is theirs to act.
  'session-limit': OURS_TO_ACT,
  'data-window': OURS_TO_ACT,
  // This process is late: a handshake would make it later.
  'late-event-loop': NOTHING,
  // There is no session, and the next try would speak the same dialect.
  'dialect-mismatch': NOTHING,
  // The end of a session is told in its own way.
  'session-gone': NOTHING,
}

/** What to do about a verdict, in this order; nothing about one that is harmless. */
export function remediesFor(verdict: Verdict): readonly Remedy[] {
  if (verdict.harmless) return []
  const row = REMEDIES[verdict.code]
  if (verdict.code === 'data-window') return row[caseOfOpener(verdict.proof.writer)]
  const proof = accountProof(verdict)
  return proof === null ? [] : (row[caseOf(proof)] ?? row[caseOfOpener(proof.account.opener)])
}

function caseOf({ account, holders }: Proof): RemedyCase {
  const forgottenHere = holders.sendOpen > 0 && holders.sendOpen >= holders.receiveOpen
  return account.opener === 'us' && forgottenHere ? 'ours, forgotten here' : caseOfOpener(account.opener)
}

function caseOfOpener(opener: Opener): 'ours' | 'theirs' {
  return opener === 'us' ? 'ours' : 'theirs'
}
