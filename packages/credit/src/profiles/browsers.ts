import type { FaultCode } from './faults.ts'
import type { PeerStrategy } from './profile.ts'
import { type FamilyRow, PLAIN, type ProfileRow } from './row.ts'

/**
 * In the order in which they are tried: Chromium's user agent names Safari too. Without a window it calls itself
 * HeadlessChrome, in one word.
 */
export const BROWSER_FAMILIES: readonly FamilyRow[] = [
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
}

const FIREFOX_FAULTS: readonly FaultCode[] = [
  'reset-alone-leaks',
  'stop-spoils-reading',
  'stop-and-fin-leak',
  'empty-stream-ends-connection',
  'cancel-is-silent',
  'tab-gone-unsaid',
  'early-stop-lost',
  'large-codes-read-as-zero',
  'large-codes-cut-off',
]

const ENABLE_WEBTRANSPORT = 0x2b603742
const QPACK_MAX_TABLE_CAPACITY = 0x01
const QPACK_BLOCKED_STREAMS = 0x07
const ENABLE_CONNECT_PROTOCOL = 0x08

/** The rows of browsers, which are all that a page needs to know itself. */
export const BROWSERS: readonly ProfileRow[] = [
  {
    name: 'chromium',
    family: 'chromium',
    title: 'Chromium (Chrome, Edge, Opera)',
    limits: { bidi: 100, uni: 103 },
    refill: { kind: 'step', fraction: 1 / 2 },
    faults: ['early-reset-hangs-tab', 'early-stop-lost', 'open-rejected', 'dials-throttled', 'large-codes-cut-off'],
    strategy: { ...PLAIN, settle: BROWSER_SETTLE, maxErrorCode: DRAFT02_CODES },
    wire: {
      settings: {
        [QPACK_MAX_TABLE_CAPACITY]: 65_536,
        [QPACK_BLOCKED_STREAMS]: 100,
        [ENABLE_CONNECT_PROTOCOL]: null,
        [ENABLE_WEBTRANSPORT]: 1,
      },
    },
  },
  {
    name: 'firefox-before-153',
    family: 'firefox',
    title: 'Firefox before 153',
    below: '153',
    limits: { bidi: 16, uni: 16 },
    refill: { kind: 'each' },
    faults: ['pull-wedge', 'sixteen-streams', ...FIREFOX_FAULTS],
    strategy: FIREFOX,
    wire: {
      settings: { [QPACK_MAX_TABLE_CAPACITY]: 65_536, [QPACK_BLOCKED_STREAMS]: 20, [ENABLE_WEBTRANSPORT]: 1 },
    },
  },
  {
    name: 'firefox',
    family: 'firefox',
    title: 'Firefox 153 and later',
    from: '153',
    limits: { bidi: 100, uni: 100 },
    refill: { kind: 'each' },
    faults: FIREFOX_FAULTS,
    strategy: FIREFOX,
  },
  {
    name: 'safari',
    family: 'safari',
    title: 'Safari 26 (WebKit)',
    limits: { bidi: null, uni: null },
    refill: { kind: 'unknown' },
    faults: ['credit-never-refilled'],
    // A margin for the streams and bytes that are under way while the fresh session is made.
    strategy: { ...PLAIN, rotateAfter: { streams: 7_000, bytes: 15 * 1_048_576 } },
  },
]
