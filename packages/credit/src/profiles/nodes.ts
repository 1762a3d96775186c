import { BROWSER_SETTLE, DRAFT02_CODES } from './browsers.ts'
import { type FamilyRow, PLAIN, type ProfileRow } from './row.ts'

/** In the order in which they are tried: a node of ours calls itself js-libp2p. */
export const NODE_FAMILIES: readonly FamilyRow[] = [
  { family: 'go-libp2p', text: /\bgo-libp2p@v?([\d.]+)/ },
  { family: 'sluice' },
  { family: 'quinn' },
  { family: 'js-libp2p', text: /^js-libp2p\/([\d.]+)/ },
]

const ENABLE_WEBTRANSPORT = 0x2b603742
const WEBTRANSPORT_MAX_SESSIONS = 0xc671706a
const WT_ENABLED = 0x2c7cf000
const H3_DATAGRAM_DRAFT04 = 0xffd277
const QPACK_MAX_TABLE_CAPACITY = 0x01

/** go-libp2p's own limits; nobody else takes 5 unidirectional streams. */
const GO_LIMITS = { initialMaxStreamsBidi: 256, initialMaxStreamsUni: 5 }

/** The rows of everything that is no browser, or does not say which. */
export const NODES: readonly ProfileRow[] = [
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
    faults: ['abort-leaves-reading', 'open-rejected', 'early-reset-hangs-tab', 'close-crashes-tab', 'early-stop-lost'],
    strategy: {
      ...PLAIN,
      opens: 'rejected',
      settle: BROWSER_SETTLE,
      goneStreams: 'left',
      maxErrorCode: DRAFT02_CODES,
    },
  },
]
