import type { PeerStrategy } from './profile.ts'
import { type FamilyRow, PLAIN, type VersionedProfile } from './row.ts'

/**
 * In the order in which they are tried: Chromium's user agent names Safari too. Without a window it calls itself
 * HeadlessChrome, in one word.
 */
export const BROWSER_FAMILIES: readonly Required<FamilyRow>[] = [
  { family: 'chromium', text: /Chrom(?:e|ium)\/(\d+)/ },
  // Only Gecko itself dates its engine; the others say "like Gecko".
  { family: 'firefox', text: /\bGecko\/\d+ Firefox\/([\d.]+)/ },
  { family: 'safari', text: /\bAppleWebKit\/(?!.*Chrom(?:e|ium)\/)(?:.*\bVersion\/([\d.]+))?/ },
]

/** Time for a page to be given a stream; resets that came 150 ms later did no harm. */
export const BROWSER_SETTLE = 150

/** draft-ietf-webtrans-http3-02 has codes of 8 bits, and the browsers speak that. */
export const DRAFT02_CODES = 0xff

const FIREFOX: PeerStrategy = {
  ...PLAIN,
  settle: BROWSER_SETTLE,
  cut: 'both-halves',
  emptyStream: 'late-fin',
  maxErrorCode: DRAFT02_CODES,
  cancel: 'drain',
  delivered: 'answer',
  stopEnds: 'both-halves',
  // Of a hundred unreleased: the rest is for what the peer opens until it uses the fresh session. Of streams each end
  // counts its own: what a session of twice as many keeps is 650 MB.
  rotateAfter: { unreleased: 24, streams: 25_000 },
}

/** The rows of browsers: all that a page needs to know itself. */
export const BROWSERS = [
  {
    name: 'chromium',
    family: 'chromium',
    strategy: {
      ...PLAIN,
      settle: BROWSER_SETTLE,
      goneStreams: 'left',
      maxErrorCode: DRAFT02_CODES,
      incoming: 'pulled',
      opens: 'rejected',
      dials: 'throttled',
    },
  },
  {
    name: 'firefox-before-153',
    family: 'firefox',
    below: '153',
    strategy: { ...FIREFOX, incoming: 'may-wedge', rotateAfter: { ...FIREFOX.rotateAfter, unreleased: 4 } },
  },
  {
    name: 'firefox',
    family: 'firefox',
    from: '153',
    strategy: FIREFOX,
  },
  {
    name: 'safari',
    family: 'safari',
    // A margin for the streams and bytes that are under way while the fresh session is made.
    strategy: { ...PLAIN, rotateAfter: { streams: 7_000, bytes: 15 * 1_048_576 } },
  },
] as const satisfies readonly VersionedProfile[]

export type BrowserProfileName = (typeof BROWSERS)[number]['name']
