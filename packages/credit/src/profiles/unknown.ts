import { type ProfileRow, UNKNOWN_STACK } from './row.ts'

/** The row of a peer that shows nothing known. A page has no use for it, and so it stands apart. */
export const UNKNOWN: ProfileRow = {
  ...UNKNOWN_STACK,
  title: 'anything else',
  limits: { bidi: null, uni: null },
  refill: { kind: 'unknown' },
  faults: [],
}
