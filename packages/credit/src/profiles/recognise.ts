import { match } from './match.ts'
import type { PeerProfile } from './profile.ts'
import type { PeerSigns } from './signs.ts'
import { FAMILIES, PROFILES } from './table.ts'
import { UNKNOWN } from './unknown.ts'

/**
 * The profile of a peer by what it has shown so far. To be asked again when it shows more: each answer is a row of one
 * table, so that answers can be compared by identity.
 */
export function profileOf(signs: PeerSigns): PeerProfile {
  return match(FAMILIES, PROFILES, signs) ?? UNKNOWN
}
