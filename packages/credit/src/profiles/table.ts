import { BROWSER_KNOWLEDGE } from './browser-knowledge.ts'
import { BROWSER_FAMILIES, BROWSERS } from './browsers.ts'
import { NODE_FAMILIES, NODES } from './nodes.ts'
import type { FamilyRow, ProfileRow } from './row.ts'

/** In the order in which they are tried: browsers first, because identify's agent version may name js-libp2p too. */
export const FAMILIES: readonly FamilyRow[] = [...BROWSER_FAMILIES, ...NODE_FAMILIES]

/** Of the rows of a family that fit, the first counts: where a version is not known, the more careful one stands first. */
export const PROFILES: readonly ProfileRow[] = /* @__PURE__ */ BROWSERS.map(
  (row): ProfileRow => ({
    ...row,
    ...BROWSER_KNOWLEDGE[row.name],
  }),
).concat(NODES)
