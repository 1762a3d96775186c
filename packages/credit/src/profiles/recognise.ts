import type { PeerProfile } from './profile.ts'
import { compareVersions, type PeerSigns, parseVersion, shows } from './signs.ts'
import { FAMILIES, type FamilyRow, PROFILES, type ProfileRow, UNKNOWN } from './table.ts'

/**
 * The profile of a peer by what it has shown so far. To be asked again when it shows more: each answer is a row of one
 * table, so that answers can be compared by identity.
 */
export function profileOf(signs: PeerSigns): PeerProfile {
  for (const family of FAMILIES) {
    const rows = PROFILES.filter((row) => row.family === family.family)
    const row = byText(family, rows, signs) ?? rows.find(({ wire }) => wire !== undefined && shows(signs, wire))
    if (row !== undefined) return row
  }
  return UNKNOWN
}

/** By the name that it gives itself; without a version in it by what the wire shows, else the most careful row. */
function byText({ text }: FamilyRow, rows: readonly ProfileRow[], signs: PeerSigns): ProfileRow | undefined {
  const match = [signs.userAgent, signs.agentVersion]
    .map((name) => text?.exec(name ?? ''))
    .find((found) => found != null)
  if (match == null) return undefined
  const version = match[1]
  if (version !== undefined) return rows.find((row) => covers(row, version))
  return rows.find(({ wire }) => wire !== undefined && shows(signs, wire)) ?? rows[0]
}

function covers({ from, below }: ProfileRow, version: string): boolean {
  const parsed = parseVersion(version)
  return (
    (from === undefined || compareVersions(parsed, parseVersion(from)) >= 0) &&
    (below === undefined || compareVersions(parsed, parseVersion(below)) < 0)
  )
}
