import type { StreamCounts } from '../types.ts'

/** Streams kept back for reserved opens: identify, ping and the ledger protocol at once, and one more. */
export const DEFAULT_RESERVE = 4

/** Of a smaller limit less is kept back, of a very small one nothing. */
const LARGEST_SHARE = 1 / 8

/** How many streams of what the peer allows at once are kept back for reserved opens. @param most and never more */
export function reserveOf({ limit, retired }: Pick<StreamCounts, 'limit' | 'retired'>, most: number): number {
  return Math.max(0, Math.min(most, Math.floor((limit - retired) * LARGEST_SHARE)))
}

/** Streams that an open without a claim to the reserve may still open. */
export function openToAll(counts: Omit<StreamCounts, 'accepted'>, most: number): number {
  return Math.max(0, counts.limit - counts.opened - reserveOf(counts, most))
}
