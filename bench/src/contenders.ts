import { fileURLToPath } from 'node:url'

/** Where in the stack a measure is taken; figures compare within a layer only. */
export type Layer = 'engine' | 'webtransport' | 'libp2p'

/** What is measured against what: a listener and a driver of the same kind, each a process of its own. */
export interface Contender {
  readonly name: string
  readonly layer: Layer
  readonly title: string
  /** Sluice itself: profiled by `--profile`, and the numerator of the ratios. */
  readonly ours: boolean
  readonly program: Program
}

export type Program =
  | { readonly kind: 'node'; readonly script: string }
  /** A main package of `peers/go`. */
  | { readonly kind: 'go'; readonly command: 'webtransport' | 'libp2p' }

const peer = (name: string): Program => ({
  kind: 'node',
  script: fileURLToPath(new URL(`peers/${name}.ts`, import.meta.url)),
})

export const contenders: readonly Contender[] = [
  { name: 'engine', layer: 'engine', title: 'Sluice engine, bare QUIC', ours: true, program: peer('engine') },
  {
    name: 'webtransport/sluice',
    layer: 'webtransport',
    title: 'Sluice',
    ours: true,
    program: peer('webtransport'),
  },
  {
    name: 'webtransport/unobserved',
    layer: 'webtransport',
    title: 'Sluice, ledger and verdicts off',
    ours: true,
    program: peer('webtransport-unobserved'),
  },
  {
    name: 'webtransport/webtransport-go',
    layer: 'webtransport',
    title: 'webtransport-go',
    ours: false,
    program: { kind: 'go', command: 'webtransport' },
  },
  {
    name: 'libp2p/sluice',
    layer: 'libp2p',
    title: 'js-libp2p over Sluice',
    ours: true,
    program: peer('libp2p-sluice'),
  },
  {
    name: 'libp2p/go-libp2p',
    layer: 'libp2p',
    title: 'go-libp2p over WebTransport',
    ours: false,
    program: { kind: 'go', command: 'libp2p' },
  },
  {
    name: 'libp2p/js-tcp',
    layer: 'libp2p',
    title: 'js-libp2p over TCP, noise, yamux',
    ours: false,
    program: peer('libp2p-tcp'),
  },
]
