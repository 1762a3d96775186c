/** Two contestants (lab/src/interop/contestants.ts) between whom healthy traffic goes. */
export interface HealthyPair {
  readonly dialer: string
  readonly listener: string
}

/** Every profile that can be run here, at both ends of a connection where it can be. */
export const healthyPairs: readonly HealthyPair[] = [
  { dialer: 'node', listener: 'node' },
  { dialer: 'node', listener: 'go/v0.51.0' },
  { dialer: 'go/v0.51.0', listener: 'node' },
  { dialer: 'node', listener: 'go/v0.36.5' },
  { dialer: 'go/v0.36.5', listener: 'node' },
  { dialer: 'chromium/sluice', listener: 'node' },
  { dialer: 'firefox/sluice', listener: 'node' },
  { dialer: 'chromium/sluice', listener: 'go/v0.51.0' },
]

/** Streams that a peer lets others open at first, bidirectional. */
const GRANTED: Readonly<Record<string, number>> = { node: 64, go: 256, chromium: 100, firefox: 100 }

/** How many streams at once are somewhat more than this contestant lets others open. */
export function burstTowards(contestant: string): number {
  const [family = ''] = contestant.split('/')
  return Math.ceil((GRANTED[family] ?? 100) * 1.2)
}

export function pairName({ dialer, listener }: HealthyPair): string {
  return `${dialer} > ${listener}`
}
