import type { FamilyRow, ProfileRow } from './row.ts'
import { type PeerSigns, shows } from './signs.ts'
import { covers } from './versions.ts'

/** The first row of the first family that fits. */
export function match(
  families: readonly FamilyRow[],
  profiles: readonly ProfileRow[],
  signs: PeerSigns,
): ProfileRow | undefined {
  for (const family of families) {
    const rows = profiles.filter((row) => row.family === family.family)
    const row = byText(family, rows, signs) ?? rows.find(({ wire }) => wire !== undefined && shows(signs, wire))
    if (row !== undefined) return row
  }
  return undefined
}

/** By the name that it gives itself; without a version in it by what the wire shows, else the most careful row. */
function byText({ text }: FamilyRow, rows: readonly ProfileRow[], signs: PeerSigns): ProfileRow | undefined {
  const found = [signs.userAgent, signs.agentVersion].map((name) => text?.exec(name ?? '')).find((name) => name != null)
  if (found == null) return undefined
  const version = found[1]
  if (version !== undefined) return rows.find((row) => covers(row, version))
  return rows.find(({ wire }) => wire !== undefined && shows(signs, wire)) ?? rows[0]
}
