import type { AccountSnapshot, Opener } from '@sluice/credit'
import type { OtherCounts } from '@sluice/webtransport'

/** An account as the other end counts it, the opener in that end's view. */
export type OtherAccount = Pick<
  AccountSnapshot,
  'layer' | 'kind' | 'opener' | 'limit' | 'opened' | 'accepted' | 'retired' | 'waiting'
>

/** What the other end says of the streams of both openers, in our view. */
export function otherCounts(accounts: readonly OtherAccount[]): OtherCounts {
  return { us: countsOf(accounts, 'us'), them: countsOf(accounts, 'them') }
}

/** Only its session layer leaves out the CONNECT stream. */
function countsOf(accounts: readonly OtherAccount[], opener: Opener): OtherCounts[Opener] {
  const theirs = accounts.filter((account) => account.kind === 'bidi' && account.opener !== opener)
  const quic = theirs.find(({ layer }) => layer === 'quic')
  const data = theirs.find(({ layer }) => layer === 'session') ?? quic
  const waiting = theirs.reduce((sum, account) => sum + account.waiting, 0)
  if (data === undefined) return { limit: null, opened: 0, live: 0, notAccepted: 0, waiting }
  const { opened, accepted, retired } = data
  return { limit: quic?.limit ?? null, opened, live: opened - retired, notAccepted: opened - accepted, waiting }
}
