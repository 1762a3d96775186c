import type { FaultCode } from './faults.ts'
import type { PeerFamily, PeerProfile, PeerStrategy, StackProfile } from './profile.ts'
import type { WireSigns } from './signs.ts'

/** A profile, and the versions that it covers; absent: all. */
export interface VersionedProfile extends StackProfile {
  readonly from?: string
  readonly below?: string
}

/** What else is known of a stack; a page has no use for it. */
export interface Knowledge extends Pick<PeerProfile, 'limits' | 'refill'> {
  /** The stack and its versions in words. */
  readonly title: string
  readonly faults: readonly FaultCode[]
  /** What a peer of this row shows on the wire; absent: it cannot be told by that. */
  readonly wire?: WireSigns
}

/** A row of the table. */
export interface ProfileRow extends VersionedProfile, Knowledge {}

/** A stack and how it names itself. */
export interface FamilyRow {
  readonly family: PeerFamily
  /** Finds its name in a user agent or in identify's agent version; the first group is the version. */
  readonly text?: RegExp
}

/** As the specifications have it. */
export const PLAIN: PeerStrategy = {
  settle: 0,
  cut: 'each-half',
  emptyStream: 'fine',
  goneStreams: 'reset',
  maxErrorCode: 0xffff_ffff,
  cancel: 'stop-sending',
  delivered: 'close',
  stopEnds: 'sending',
  incoming: 'pushed',
  opens: 'hang',
  dials: 'at-once',
}

/** A stack that shows nothing known is taken for one that does as the specifications say. */
export const UNKNOWN_STACK: StackProfile = { name: 'unknown', family: 'unknown', strategy: PLAIN }
