import type { AccountVerdictCode, Proof } from './proof.ts'

/** What uses up the credit of an account, whichever layer has set the limit. */
export type AccountTrouble = Exclude<AccountVerdictCode, 'session-limit'>

/** A verdict in one sentence, with the number that proves it. */
export function summarize(trouble: AccountTrouble, proof: Proof): string {
  const { account, owner } = proof
  const whose = owner === null ? '' : `; ${owner.streams} of them are ${owner.name}`
  const layer = account.layer === 'session' ? `; the limit of ${account.limit} is WT_MAX_STREAMS, not QUIC's` : ''
  return describe(trouble, proof) + whose + layer
}

function describe(trouble: AccountTrouble, proof: Proof): string {
  const { account, holders, unreturned, other } = proof
  const { kind, opener, live } = account
  const blocked = `${sentence(proof)}:`
  const halves = holders.sendOpen + holders.receiveOpen
  switch (trouble) {
    case 'refill-pending': {
      const whose = opener === 'us' ? 'our' : 'their'
      return `${(unreturned ?? 0) + holders.closing} of ${whose} ${kind} streams are over and their credit is on its way back`
    }
    case 'limit-too-small':
      return tooSmall(proof)
    case 'not-accepted':
      return (
        `${blocked} the application ${opener === 'us' ? 'at the peer' : 'here'} has not accepted ` +
        `${other?.notAccepted || holders.notAccepted} of ${live}`
      )
    case 'not-delivered':
      return `the peer has ${other?.live} streams open, and the browser has handed over ${live} of them`
    case 'half-open':
      return (
        `${blocked} ${halves} of ${live} have one half left, ${holders.sendOpen} not finished by the application here, ` +
        `${holders.receiveOpen} not ended by the peer or not read`
      )
    case 'not-released':
      return `${blocked} ${holders.notReleased} of ${live} are closed here and wait for the peer's last word`
    case 'credit-withheld':
      return `${blocked} ${withheld(proof)}`
  }
}

function sentence({ account: { kind, opener }, blockedFor }: Proof): string {
  const time = `${Math.round(blockedFor)} ms`
  return opener === 'us'
    ? `no ${kind} stream could be opened for ${time}`
    : `the peer has had no credit for ${kind} streams for ${time}`
}

function tooSmall(proof: Proof): string {
  const { account, window, holders, lifetime, oldestAge } = proof
  const limit = window ?? account.limit
  const name = limit === null ? 'a limit that the platform hides' : `a limit of ${limit}`
  if (lifetime === null || lifetime === 0)
    return `${sentence(proof)}: ${holders.inUse} are in use at once against ${name}, the oldest for ${Math.round(oldestAge ?? 0)} ms`
  const whose = account.opener === 'us' ? 'our' : 'their'
  const rate = limit === null ? '' : `, which makes at most ${Math.floor((limit * 1000) / lifetime)} a second`
  return (
    `${name} is too small: ${whose} ${account.kind} streams live for ${Math.round(lifetime)} ms${rate}, ` +
    `and ${holders.inUse} are in use now`
  )
}

function withheld({ account: { limit, live }, unreturned, peak, other }: Proof): string {
  if (other !== null) return `the peer counts ${other.live} as live, of which ${unreturned} are over here`
  if (limit !== null) return `the peer has not given back the credit of ${unreturned} that are over`
  return unreturned === null || unreturned === 0
    ? 'nothing is live here, so the peer gives no credit'
    : `${peak} were live at once before and ${live} are now, so the peer has not given back the credit of at least ${unreturned}`
}
