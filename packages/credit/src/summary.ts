import type { AccountVerdictCode, Proof } from './verdict.ts'

/** A verdict in one sentence, with the number that proves it. */
export function summarize(code: AccountVerdictCode, proof: Proof): string {
  const { owner } = proof
  return describe(code, proof) + (owner === null ? '' : `; ${owner.streams} of them are ${owner.name}`)
}

function describe(code: AccountVerdictCode, proof: Proof): string {
  const { account, holders, unreturned, blockedFor, window, lifetime, oldestAge } = proof
  const streams = `${account.opener === 'us' ? 'our' : 'their'} ${account.kind} streams`
  const time = `${Math.round(blockedFor)} ms`
  const blocked =
    account.opener === 'us'
      ? `no ${account.kind} stream could be opened for ${time}`
      : `the peer has had no credit for ${account.kind} streams for ${time}`
  const limit = window ?? account.limit
  switch (code) {
    case 'refill-pending':
      return `${(unreturned ?? 0) + holders.closing} of ${streams} are over and their credit is on its way back`
    case 'limit-too-small':
      return lifetime === null || lifetime === 0
        ? `${blocked}: ${holders.inUse} are in use at once against a limit of ${limit}, the oldest for ${Math.round(oldestAge ?? 0)} ms`
        : `a limit of ${limit} is too small: ${streams} live for ${Math.round(lifetime)} ms, which makes at most ` +
            `${Math.floor(((limit ?? 0) * 1000) / lifetime)} a second, and ${holders.inUse} are in use now`
    case 'not-accepted':
      return `${blocked}: the application here has not accepted ${holders.notAccepted} of ${account.live}`
    case 'half-open':
      return (
        `${blocked}: ${holders.sendOpen + holders.receiveOpen} of ${account.live} have one half left, ` +
        `${holders.sendOpen} not finished by the application here, ${holders.receiveOpen} not ended by the peer or not read to the end`
      )
    case 'not-released':
      return `${blocked}: ${holders.notReleased} of ${account.live} are closed here and wait for the peer's last word on them`
    case 'credit-withheld':
      return `${blocked}: the peer has not given back the credit of ${unreturned} that are over`
  }
}
