import { BROWSER_FAMILIES, BROWSERS } from './browsers.ts'
import type { StackProfile } from './profile.ts'
import { UNKNOWN_STACK, type VersionedProfile } from './row.ts'
import { covers } from './versions.ts'

/**
 * What a page knows of the browser that it runs in; where that says no version, the more careful row.
 *
 * @param userAgent `navigator.userAgent`
 */
export function profileOfRuntime(userAgent = ''): StackProfile {
  for (const { family, text } of BROWSER_FAMILIES) {
    const found = text.exec(userAgent)
    if (found === null) continue
    const rows: readonly VersionedProfile[] = BROWSERS.filter((row) => row.family === family)
    const [, version] = found
    return rows.find((row) => version === undefined || covers(row, version)) ?? UNKNOWN_STACK
  }
  return UNKNOWN_STACK
}
