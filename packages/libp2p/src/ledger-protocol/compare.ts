import type { Opener } from '@sluice/credit'
import type { EndLedger, LedgerAccount, LedgerStream } from './end-ledger.ts'

/** One account as both ends count it; the opener is as this end sees it. */
export interface AccountPair {
  readonly ours: LedgerAccount
  /** null: the other end keeps no such account. */
  readonly theirs: LedgerAccount | null
  /** Streams alive here less streams alive there: what only one end thinks is closed. */
  readonly surplus: number | null
}

/** Both ends' ledgers of one connection side by side. */
export interface LedgerComparison {
  readonly ours: EndLedger
  readonly theirs: EndLedger
  readonly accounts: readonly AccountPair[]
  /** 'id': streams were told apart by their QUIC ids. 'count': an end is a browser, which hides them. */
  readonly matchedBy: 'id' | 'count'
  /** Alive here; the other end thinks they are closed, or has not seen them. Empty when matched by count. */
  readonly onlyOurs: readonly LedgerStream[]
  /** Alive there only, as that end describes them. Empty when matched by count. */
  readonly onlyTheirs: readonly LedgerStream[]
}

/** Our ledger at both ends of the time in which the other's was made. */
export interface OurLedgers {
  readonly before: EndLedger
  readonly after: EndLedger
  /** Milliseconds between them: streams younger than this may still be on their way. */
  readonly elapsed: number
}

/** Lays both ledgers side by side; streams that came or went while the answer was under way are nobody's fault. */
export function compare({ before, after, elapsed }: OurLedgers, theirs: EndLedger): LedgerComparison {
  const matchedBy = after.exact && theirs.exact ? 'id' : 'count'
  const shared = {
    ours: after,
    theirs,
    accounts: after.accounts.map((ours) => pairUp(ours, theirs)),
    matchedBy,
  } as const
  if (matchedBy === 'count') return { ...shared, onlyOurs: [], onlyTheirs: [] }
  const [here, hereBefore, there] = [ids(after), ids(before), ids(theirs)]
  return {
    ...shared,
    onlyOurs: after.streams.filter(({ id }) => hereBefore.has(id) && !there.has(id) && mayJudge(theirs, id)),
    onlyTheirs: theirs.streams.filter(
      ({ id, age }) => !here.has(id) && !hereBefore.has(id) && age > elapsed && mayJudge(after, id),
    ),
  }
}

function pairUp(ours: LedgerAccount, { accounts }: EndLedger): AccountPair {
  const mirrored: Opener = ours.opener === 'us' ? 'them' : 'us'
  const theirs =
    accounts.find(({ layer, kind, opener }) => layer === ours.layer && kind === ours.kind && opener === mirrored) ??
    null
  const surplus = theirs === null ? null : ours.opened - ours.retired - (theirs.opened - theirs.retired)
  return { ours, theirs, surplus }
}

function ids({ streams }: EndLedger): ReadonlySet<number | null> {
  return new Set(streams.map(({ id }) => id))
}

/** An end that lists only its oldest streams says nothing of those behind the last that it lists of their type. */
function mayJudge({ live, streams }: EndLedger, id: number | null): boolean {
  if (id === null) return false
  if (streams.length === live) return true
  return streams.some((listed) => listed.id !== null && listed.id % 4 === id % 4 && listed.id > id)
}
