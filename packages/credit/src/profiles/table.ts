import type { FaultCode } from './faults.ts'
import type { PeerFamily, PeerProfile, PeerStrategy } from './profile.ts'
import type { WireSigns } from './signs.ts'

/** A profile and how its peers are told apart from others of their family. */
export interface ProfileRow extends PeerProfile {
  /** Versions that it covers; absent: all. */
  readonly from?: string
  readonly below?: string
  /** What a peer of this row shows on the wire; absent: it cannot be told by that. */
  readonly wire?: WireSigns
}

/** A stack and how it names itself. */
export interface FamilyRow {
  readonly family: PeerFamily
  /** Finds its name in a user agent or in identify's agent version; the first group is the version. */
  readonly text?: RegExp
}

/** In the order in which they are tried: Chromium's user agent names Safari too, and identify's may name js-libp2p. */
export const FAMILIES: readonly FamilyRow[] = [
  { family: 'chromium', text: /\bChrom(?:e|ium)\/(\d+)/ },
  // Only Gecko itself dates its engine; the others say "like Gecko".
  { family: 'firefox', text: /\bGecko\/\d+ Firefox\/([\d.]+)/ },
  { family: 'safari', text: /\bAppleWebKit\/(?!.*\bChrom)(?:.*\bVersion\/([\d.]+))?/ },
  { family: 'go-libp2p', text: /\bgo-libp2p@v?([\d.]+)/ },
  { family: 'sluice' },
  { family: 'quinn' },
  { family: 'js-libp2p', text: /^js-libp2p\/([\d.]+)/ },
]

const PLAIN: PeerStrategy = {
  settle: 0,
  cut: 'each-half',
  emptyStream: 'fine',
  maxErrorCode: 0xffff_ffff,
  cancel: 'stop-sending',
  rotateAfter: undefined,
}

/** Time for a page to be given a stream; resets that came 150 ms later did no harm. */
const BROWSER_SETTLE = 150

/** draft-ietf-webtrans-http3-02 has codes of 8 bits, and the browsers speak that. */
const DRAFT02_CODES = 0xff

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
const WEBTRANSPORT_MAX_SESSIONS = 0xc671706a
const WT_ENABLED = 0x2c7cf000
const H3_DATAGRAM_DRAFT04 = 0xffd277
const QPACK_MAX_TABLE_CAPACITY = 0x01
const QPACK_BLOCKED_STREAMS = 0x07
const ENABLE_CONNECT_PROTOCOL = 0x08

/** go-libp2p's own limits; nobody else takes 5 unidirectional streams. */
const GO_LIMITS = { initialMaxStreamsBidi: 256, initialMaxStreamsUni: 5 }

/** Of the rows of a family that fit, the first counts: where a version is not known, the more careful one stands first. */
export const PROFILES: readonly ProfileRow[] = [
  {
    name: 'chromium',
    family: 'chromium',
    title: 'Chromium (Chrome, Edge, Opera)',
    limits: { bidi: 100, uni: 103 },
    refill: { kind: 'step', fraction: 1 / 2 },
    faults: ['early-reset-hangs-tab', 'early-stop-lost', 'open-rejected', 'large-codes-cut-off'],
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
  {
    name: 'go-libp2p-before-0.37.1',
    family: 'go-libp2p',
    title: 'go-libp2p before 0.37.1',
    below: '0.37.1',
    limits: { bidi: 256, uni: 5 },
    refill: { kind: 'each' },
    faults: ['stops-before-answer', 'stops-on-every-close'],
    strategy: PLAIN,
    wire: { settings: { [WT_ENABLED]: null }, transportParameters: { ...GO_LIMITS, resetStreamAt: false } },
  },
  {
    name: 'go-libp2p-0.37',
    family: 'go-libp2p',
    title: 'go-libp2p 0.37.1 to 0.46',
    from: '0.37.1',
    below: '0.47',
    limits: { bidi: 256, uni: 5 },
    refill: { kind: 'each' },
    faults: ['close-blocks', 'stops-on-every-close'],
    strategy: PLAIN,
  },
  {
    name: 'go-libp2p-0.47',
    family: 'go-libp2p',
    title: 'go-libp2p 0.47 and 0.48',
    from: '0.47',
    below: '0.49',
    limits: { bidi: 256, uni: 5 },
    refill: { kind: 'each' },
    faults: ['stops-on-every-close'],
    strategy: PLAIN,
    wire: { settings: { [WT_ENABLED]: null }, transportParameters: { ...GO_LIMITS, resetStreamAt: true } },
  },
  {
    name: 'go-libp2p-0.49',
    family: 'go-libp2p',
    title: 'go-libp2p 0.49 and later',
    from: '0.49',
    limits: { bidi: 256, uni: 5 },
    refill: { kind: 'each' },
    faults: ['stops-on-every-close'],
    strategy: PLAIN,
    wire: { settings: { [WT_ENABLED]: 1 }, transportParameters: GO_LIMITS },
  },
  {
    name: 'sluice',
    family: 'sluice',
    title: 'Sluice on Node',
    // As its governor has it.
    limits: { bidi: null, uni: null },
    refill: { kind: 'unknown' },
    faults: [],
    strategy: PLAIN,
    wire: {
      settings: {
        [QPACK_MAX_TABLE_CAPACITY]: 0,
        [H3_DATAGRAM_DRAFT04]: 1,
        [WEBTRANSPORT_MAX_SESSIONS]: 1,
        [WT_ENABLED]: 1,
      },
    },
  },
  {
    name: 'quinn-wtransport',
    family: 'quinn',
    title: 'quinn with wtransport',
    limits: { bidi: 100, uni: 100 },
    refill: { kind: 'step', fraction: 1 / 8 },
    faults: ['no-reset-stream-at'],
    strategy: PLAIN,
    wire: {
      settings: {
        [QPACK_MAX_TABLE_CAPACITY]: 0,
        [H3_DATAGRAM_DRAFT04]: null,
        [ENABLE_WEBTRANSPORT]: 1,
        [WEBTRANSPORT_MAX_SESSIONS]: 1,
        [WT_ENABLED]: null,
      },
    },
  },
  {
    name: 'quinn-moq',
    family: 'quinn',
    title: 'quinn with web-transport (moq)',
    limits: { bidi: 100, uni: 100 },
    refill: { kind: 'step', fraction: 1 / 8 },
    faults: ['no-reset-stream-at'],
    strategy: PLAIN,
    wire: {
      settings: {
        [QPACK_MAX_TABLE_CAPACITY]: null,
        [H3_DATAGRAM_DRAFT04]: 1,
        [ENABLE_WEBTRANSPORT]: 1,
        [WEBTRANSPORT_MAX_SESSIONS]: 1,
        [WT_ENABLED]: null,
      },
    },
  },
  {
    name: 'js-libp2p',
    family: 'js-libp2p',
    title: 'js-libp2p with its own transport, in a browser that shows nothing of itself',
    limits: { bidi: 100, uni: 100 },
    refill: { kind: 'unknown' },
    faults: ['abort-leaves-reading', 'open-rejected', 'early-reset-hangs-tab', 'early-stop-lost'],
    strategy: { ...PLAIN, settle: BROWSER_SETTLE, maxErrorCode: DRAFT02_CODES },
  },
]

/** A peer that shows nothing known is taken for one that does as the specifications say. */
export const UNKNOWN: ProfileRow = {
  name: 'unknown',
  family: 'unknown',
  title: 'anything else',
  limits: { bidi: null, uni: null },
  refill: { kind: 'unknown' },
  faults: [],
  strategy: PLAIN,
}
