import type { Scenario } from './scenario.ts'

/** Before go-libp2p's fix of what it does itself, and today. */
const versions = ['v0.36.5', 'v0.51.0'] as const

/** Ours, in a page and on Node, against Go; and what the stock transport does in the same place. */
const contestants = [
  ['chromium', 'chromium/sluice'],
  ['firefox', 'firefox/sluice'],
  ['node', 'node'],
  ['chromium-stock', 'chromium/stock'],
  ['firefox-stock', 'firefox/stock'],
] as const

/** Messages in flight at once in each direction. */
const WIDTH = 8

function scenario(name: string, dialer: string, listener: string, reported: boolean): Scenario {
  return {
    name: `go-3038-${name}`,
    peer: `${dialer} > ${listener}`,
    pattern: 'exchange',
    setup: { dialer, listener, width: WIDTH },
    expected: reported ? 'reported' : 'healthy',
    end: reported ? 'reported' : 'flows',
    about: 'a fresh stream a message in both directions at once: multistream, one small message, close, no answer read',
  }
}

/** The pattern of libp2p/go-libp2p#3038 and its mirror. */
export const go3038: readonly Scenario[] = versions.flatMap((version) => [
  ...contestants.map(([name, dialer]) =>
    scenario(`${name}-${version}`, dialer, `go/${version}`, dialer.endsWith('/stock')),
  ),
  scenario(`${version}-node`, `go/${version}`, 'node', false),
])
