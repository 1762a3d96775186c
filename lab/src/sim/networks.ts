import type { Millis } from '@sluice/credit'
import type { PathConditions } from '@sluice/engine/virtual'

/** A network for a whole run. */
export interface NetworkProfile {
  readonly name: string
  /** What a datagram meets that is sent at this time. */
  readonly at: (now: Millis) => PathConditions
  /** Nothing gets through for so long that credit is late without anybody's fault, and a verdict may say so. */
  readonly rough: boolean
}

const steady = (name: string, conditions: PathConditions): NetworkProfile => ({
  name,
  at: () => conditions,
  rough: false,
})

/** Those of quic-interop-runner and the field; delays are one way. */
export const NETWORKS: readonly [NetworkProfile, ...NetworkProfile[]] = [
  steady('clean', { delay: 1 }),
  steady('local', {}),
  steady('wan', { delay: 31.5, jitter: 3, bandwidth: 2_000 }),
  steady('far', { delay: 375, bandwidth: 1_000 }),
  steady('jitter', { delay: 5, jitter: 100 }),
  steady('reordered', { delay: 10, reorder: 0.1, duplicate: 0.02 }),
  steady('small-mtu', { delay: 5, mtu: 1_252 }),
  steady('bufferbloat', { delay: 10, bandwidth: 250, queue: 1_000 }),
  steady('lossy', { delay: 15, loss: 0.02 }),
  steady('corrupting', { delay: 15, corrupt: 0.02 }),
  steady('awful', { delay: 40, jitter: 40, loss: 0.1, duplicate: 0.05, reorder: 0.1, bandwidth: 500 }),
  { name: 'bursts', at: (now) => ({ delay: 15, loss: now % 1_000 < 100 ? 0.3 : 0 }), rough: false },
  { name: 'blackholes', at: (now) => ({ delay: 15, blocked: now % 5_000 >= 3_000 }), rough: true },
]
