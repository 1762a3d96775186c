import type { VersionedProfile } from './row.ts'

/** Whether a row is for this version. */
export function covers({ from = '', below }: Pick<VersionedProfile, 'from' | 'below'>, version: string): boolean {
  return compare(version, from) >= 0 && (below === undefined || compare(version, below) < 0)
}

/** Negative: `a` is older. */
function compare(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
