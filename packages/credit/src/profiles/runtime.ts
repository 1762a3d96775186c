import { BROWSER_FAMILIES, BROWSERS } from './browsers.ts'
import { match } from './match.ts'
import type { PeerProfile } from './profile.ts'
import { UNKNOWN } from './row.ts'

/** What a page knows of the browser that it runs in. @param userAgent `navigator.userAgent` */
export function profileOfRuntime(userAgent: string | undefined): PeerProfile {
  return match(BROWSER_FAMILIES, BROWSERS, { userAgent }) ?? UNKNOWN
}
