import type { AccountSnapshot } from '../account.ts'
import type { Holders } from '../holders.ts'
import type { Proof } from '../proof.ts'

/** What a test says of a proof. */
export interface ProofParts extends Partial<Omit<Proof, 'account' | 'holders'>> {
  readonly account?: Partial<AccountSnapshot>
  readonly holders?: Partial<Holders>
}

const ACCOUNT: AccountSnapshot = {
  layer: 'quic',
  kind: 'bidi',
  opener: 'us',
  limit: 100,
  opened: 100,
  accepted: 100,
  retired: 0,
  live: 100,
  available: 0,
  waiting: 1,
  blockedSince: 0,
}

const HOLDERS: Holders = { notAccepted: 0, inUse: 0, sendOpen: 0, receiveOpen: 0, notReleased: 0, closing: 0 }

/**
 * The proof that an open has waited for half a second on an account of a hundred streams, with the parts that matter to a
 * test in place of its own. For tests.
 */
export function proofOf({ account, holders, ...parts }: ProofParts = {}): Proof {
  return {
    account: { ...ACCOUNT, ...account },
    window: 100,
    blockedFor: 500,
    unreturned: null,
    peak: 100,
    refill: { kind: 'unknown' },
    holders: { ...HOLDERS, ...holders },
    lifetime: null,
    blockedFrames: 1,
    oldest: null,
    oldestAge: null,
    other: null,
    owner: null,
    ...parts,
  }
}
