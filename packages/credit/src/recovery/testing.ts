import type { AccountVerdictCode } from '../proof.ts'
import { proofOf } from '../testing/proof.ts'
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
  const proof = proofOf({
    account: { opener, limit: opened, opened, accepted: opened, live: opened },
    holders: { sendOpen, receiveOpen },
  })
  return { code, harmless, proof, summary: code }
}

export const HEALTHY: Verdict = { code: 'healthy', harmless: true, proof: null, summary: 'healthy' }
