import type { AccountVerdictCode, Proof } from '../proof.ts'
import type { Verdict } from '../verdict.ts'

interface Said {
  readonly opener?: 'us' | 'them'
  readonly opened?: number
  readonly sendOpen?: number
  readonly receiveOpen?: number
  readonly harmless?: boolean
}

/** A verdict as the ladder reads it. For tests. */
export function verdictOf(code: AccountVerdictCode, said: Said = {}): Verdict {
  const { opener = 'us', opened = 100, sendOpen = 0, receiveOpen = 0, harmless = false } = said
  const proof: Proof = {
    account: {
      layer: 'quic',
      kind: 'bidi',
      opener,
      limit: opened,
      opened,
      accepted: opened,
      retired: 0,
      live: opened,
      available: 0,
      waiting: 1,
      blockedSince: 0,
    },
    window: 100,
    blockedFor: 500,
    unreturned: null,
    peak: 100,
    refill: { kind: 'unknown' },
    holders: { notAccepted: 0, inUse: 0, sendOpen, receiveOpen, notReleased: 0, closing: 0 },
    lifetime: null,
    blockedFrames: 1,
    oldest: null,
    oldestAge: null,
    other: null,
    owner: null,
  }
  return { code, harmless, proof, summary: code }
}

export const HEALTHY: Verdict = { code: 'healthy', harmless: true, proof: null, summary: 'healthy' }
