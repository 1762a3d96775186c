import assert from 'node:assert/strict'
import { test } from 'node:test'
import { profileOf } from './recognise.ts'
import type { PeerSigns } from './signs.ts'
import { PROFILES } from './table.ts'

const AGENT = {
  chromium: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
  headless:
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36',
  firefox153: 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
  firefox152: 'Mozilla/5.0 (X11; Linux x86_64; rv:152.0) Gecko/20100101 Firefox/152.0',
  safari:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.5 Safari/605.1.15',
  webView:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 26_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
}

const parameters = (initialMaxStreamsBidi: number, initialMaxStreamsUni: number, resetStreamAt = false) => ({
  initialMaxStreamsBidi,
  initialMaxStreamsUni,
  resetStreamAt,
})
const settings = (entries: Record<number, number>) =>
  new Map(Object.entries(entries).map(([id, value]) => [Number(id), value]))
const go = parameters(256, 5)
const goReset = parameters(256, 5, true)

/** Signs as real peers gave them: decrypted captures and sources (Chromium 156, Firefox ESR 153, go-libp2p, moq, wtransport). */
const chromium: PeerSigns = {
  settings: settings({ 1: 65_536, 6: 16_384, 7: 100, 51: 1, 16765559: 1, 727725890: 1, 456665215: 7 }),
  transportParameters: parameters(100, 103),
}
const firefox: PeerSigns = {
  settings: settings({ 1: 65_536, 7: 20, 727725890: 1, 16765559: 1, 51: 1, 8: 1 }),
  transportParameters: parameters(100, 100),
}
const oldGo: PeerSigns = { settings: settings({ 6: 16_384, 51: 1 }), transportParameters: go }
const sluice: PeerSigns = {
  settings: settings({
    1: 0,
    6: 16_384,
    7: 0,
    8: 1,
    51: 1,
    16765559: 1,
    727725890: 1,
    3329323114: 1,
    746385408: 1,
    350866729: 1,
  }),
  transportParameters: parameters(256, 16, true),
}

const SHOWN: readonly (readonly [sign: string, signs: PeerSigns, name: string])[] = [
  ['SETTINGS of Chromium, which says no user agent', chromium, 'chromium'],
  ['Chromium in its own page', { userAgent: AGENT.chromium }, 'chromium'],
  ['Chromium without a window, in its own page', { userAgent: AGENT.headless }, 'chromium'],
  [
    'Chromium without a window that js-libp2p names in identify',
    { agentVersion: `js-libp2p/3.3.11 browser/${AGENT.headless}` },
    'chromium',
  ],
  ['Firefox 153 in its CONNECT', { ...firefox, userAgent: AGENT.firefox153 }, 'firefox'],
  ['Firefox 152 in its CONNECT', { ...firefox, userAgent: AGENT.firefox152 }, 'firefox-before-153'],
  ['SETTINGS of a Firefox that hides its version', firefox, 'firefox-before-153'],
  [
    'Firefox that js-libp2p names in identify',
    { ...firefox, agentVersion: `js-libp2p/3.3.11 browser/${AGENT.firefox153}` },
    'firefox',
  ],
  ['Safari in its own page', { userAgent: AGENT.safari }, 'safari'],
  ['Safari that js-libp2p names in identify', { agentVersion: `js-libp2p/3.3.11 browser/${AGENT.safari}` }, 'safari'],
  ['WebKit in an application', { userAgent: AGENT.webView }, 'safari'],
  ['go-libp2p of the time before RESET_STREAM_AT, version not known', oldGo, 'go-libp2p-before-0.37.1'],
  [
    'go-libp2p 0.36.5 by identify',
    { ...oldGo, agentVersion: 'github.com/libp2p/go-libp2p@v0.36.5' },
    'go-libp2p-before-0.37.1',
  ],
  ['go-libp2p 0.37.1 by identify', { ...oldGo, agentVersion: 'github.com/libp2p/go-libp2p@v0.37.1' }, 'go-libp2p-0.37'],
  [
    'go-libp2p 0.48 on the wire',
    { settings: settings({ 6: 16_384, 51: 1, 8: 1, 727725890: 1 }), transportParameters: goReset },
    'go-libp2p-0.47',
  ],
  [
    'a dialer of go-libp2p 0.49 on the wire',
    { settings: settings({ 6: 16_384, 51: 1, 746385408: 1 }), transportParameters: goReset },
    'go-libp2p-0.49',
  ],
  ['go-libp2p 0.51 by identify', { ...oldGo, agentVersion: 'github.com/libp2p/go-libp2p@v0.51.0' }, 'go-libp2p-0.49'],
  ['Sluice on Node', { ...sluice, agentVersion: 'js-libp2p/3.3.11 node/24.21.0' }, 'sluice'],
  [
    'wtransport',
    {
      settings: settings({ 1: 0, 7: 0, 8: 1, 727725890: 1, 51: 1, 3329323114: 1 }),
      transportParameters: parameters(100, 100),
    },
    'quinn-wtransport',
  ],
  [
    'moq',
    {
      settings: settings({ 51: 1, 16765559: 1, 3329323114: 1, 8: 1, 727725891: 1, 727725890: 1 }),
      transportParameters: parameters(100, 100),
    },
    'quinn-moq',
  ],
  ['js-libp2p in a browser that shows nothing', { agentVersion: 'js-libp2p/3.3.11 browser/Unknown' }, 'js-libp2p'],
  ['a peer that shows nothing yet', {}, 'unknown'],
  ['a stack that nobody has seen', { settings: settings({ 8: 1, 51: 1 }), userAgent: 'curl/8' }, 'unknown'],
  ['a version that is no number', { agentVersion: 'go-libp2p@v...' }, 'go-libp2p-before-0.37.1'],
]

for (const [sign, signs, name] of SHOWN) {
  test(`${sign}: ${name}`, () => assert.equal(profileOf(signs).name, name))
}

test('each row is recognised by something', () => {
  const recognised = new Set(SHOWN.map(([, , name]) => name))
  assert.deepEqual(
    PROFILES.map(({ name }) => name).filter((name) => !recognised.has(name)),
    [],
  )
})

test('the same signs give the same row', () => {
  assert.equal(profileOf({ ...chromium }), profileOf({ ...chromium }))
})
