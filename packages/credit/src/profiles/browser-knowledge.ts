import type { BrowserProfileName } from './browsers.ts'
import type { FaultCode } from './faults.ts'
import type { Knowledge } from './row.ts'

const FIREFOX_FAULTS: readonly FaultCode[] = [
  'reset-alone-leaks',
  'stop-spoils-reading',
  'stop-and-fin-leak',
  'empty-stream-ends-connection',
  'cancel-is-silent',
  'streams-leave-memory',
  'tab-gone-unsaid',
  'close-cuts-off',
  'early-stop-lost',
  'large-codes-read-as-zero',
  'large-codes-cut-off',
]

const ENABLE_WEBTRANSPORT = 0x2b603742
const QPACK_MAX_TABLE_CAPACITY = 0x01
const QPACK_BLOCKED_STREAMS = 0x07
const ENABLE_CONNECT_PROTOCOL = 0x08

/** What is known of browsers besides their rows. */
export const BROWSER_KNOWLEDGE: Readonly<Record<BrowserProfileName, Knowledge>> = {
  chromium: {
    title: 'Chromium (Chrome, Edge, Opera)',
    limits: { bidi: 100, uni: 103 },
    refill: { kind: 'step', fraction: 1 / 2 },
    faults: [
      'early-reset-hangs-tab',
      'close-crashes-tab',
      'early-stop-lost',
      'open-rejected',
      'credit-before-page',
      'dials-throttled',
      'large-codes-cut-off',
    ],
    wire: {
      settings: {
        [QPACK_MAX_TABLE_CAPACITY]: 65_536,
        [QPACK_BLOCKED_STREAMS]: 100,
        [ENABLE_CONNECT_PROTOCOL]: null,
        [ENABLE_WEBTRANSPORT]: 1,
      },
    },
  },
  'firefox-before-153': {
    title: 'Firefox before 153',
    limits: { bidi: 16, uni: 16 },
    refill: { kind: 'each' },
    faults: ['pull-wedge', 'sixteen-streams', ...FIREFOX_FAULTS],
    wire: {
      settings: { [QPACK_MAX_TABLE_CAPACITY]: 65_536, [QPACK_BLOCKED_STREAMS]: 20, [ENABLE_WEBTRANSPORT]: 1 },
    },
  },
  firefox: {
    title: 'Firefox 153 and later',
    limits: { bidi: 100, uni: 100 },
    refill: { kind: 'each' },
    faults: [...FIREFOX_FAULTS, 'waiting-streams-take-descriptors'],
  },
  safari: {
    title: 'Safari 26 (WebKit)',
    limits: { bidi: null, uni: null },
    refill: { kind: 'unknown' },
    faults: ['credit-never-refilled'],
  },
}
