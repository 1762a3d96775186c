import type { Proof } from '../proof.ts'
import type { Opener } from '../types.ts'
import { accountProof, type Verdict, type VerdictCode } from '../verdict.ts'

/** What can be done about a stall, mildest first. What is left after that is to close. */
export type Remedy = 'reclaim' | 'nudge' | 'rotate'

/** Whose opens are stalled; and whether the halves that hold the credit were forgotten by the application here. */
export type RemedyCase = 'ours' | 'theirs' | 'ours, forgotten here'

type RemedyRow = { readonly [Case in RemedyCase]?: readonly Remedy[] }

const WAKE_OR_ROTATE: readonly Remedy[] = ['nudge', 'rotate']

/**
 * What is done about each verdict, in this order. A cause that lies in the application here, or in what the peer
 * grants by right, would come along to a fresh session: then nothing is rotated. About those that are not named there is
 * nothing to do: `limit-too-small`, where a second session would take by stealth what the peer, or our governor, does not
 * grant; `not-accepted`, as from a fresh session no stream is taken sooner; `late-event-loop`, as a handshake would make
 * this process later; `dialect-mismatch`, as the next try would speak the same.
 */
export const REMEDIES: { readonly [Code in VerdictCode]?: RemedyRow } = {
  // The browser hands over no stream any more: only a fresh session has them delivered again.
  'not-delivered': { theirs: ['rotate'] },
  'half-open': {
    // The peer does not end its halves. What we forgot ourselves goes first; a fresh session has credit again.
    ours: ['reclaim', ...WAKE_OR_ROTATE],
    // The application here forgets its halves, and would on a fresh session.
    'ours, forgotten here': ['reclaim'],
    // Our halves of the peer's streams; the peer's own are its own affair, or the governor's reaper's.
    theirs: ['reclaim'],
  },
  // Both ends are done with the streams: an acknowledgment is missing, or a stack has lost count.
  'not-released': { ours: WAKE_OR_ROTATE, theirs: WAKE_OR_ROTATE },
  // The peer got every stream back and raises no limit: one try to wake it, then a fresh session.
  'credit-withheld': { ours: WAKE_OR_ROTATE },
  // A limit of the session, a window of the connection: a fresh session has its own. Stalled at their end, it is theirs to act.
  'session-limit': { ours: WAKE_OR_ROTATE },
  'data-window': { ours: WAKE_OR_ROTATE },
}

/** What to do about a verdict, in this order; nothing about one that is harmless. */
export function remediesFor(verdict: Verdict): readonly Remedy[] {
  if (verdict.harmless) return []
  const row = REMEDIES[verdict.code] ?? {}
  if (verdict.code === 'data-window') return row[caseOfOpener(verdict.proof.writer)] ?? []
  const proof = accountProof(verdict)
  return proof === null ? [] : (row[caseOf(proof)] ?? row[caseOfOpener(proof.account.opener)] ?? [])
}

function caseOf({ account, holders }: Proof): RemedyCase {
  const forgottenHere = holders.sendOpen > 0 && holders.sendOpen >= holders.receiveOpen
  return account.opener === 'us' && forgottenHere ? 'ours, forgotten here' : caseOfOpener(account.opener)
}

function caseOfOpener(opener: Opener): RemedyCase {
  return opener === 'us' ? 'ours' : 'theirs'
}
