import type { Millis } from '@sluice/credit'
import type { PathConditions } from '@sluice/engine/virtual'

/** A time in which nothing gets through, for so long that credit is late without anybody's fault. */
export interface Hole {
  readonly from: Millis
  readonly to: Millis
}

/** A network for a whole run. */
export interface NetworkProfile {
  readonly name: string
  /** What a datagram meets that is sent at this time. */
  readonly at: (now: Millis) => PathConditions
  /** The hole that this time is in, or the last one before it; undefined: there was none yet. Absent: there is never one. */
  readonly lastHole?: (now: Millis) => Hole | undefined
}

const steady = (name: string, conditions: PathConditions): NetworkProfile => ({ name, at: () => conditions })

/** Nothing gets through from `start` on in each period, to its end. */
function holed(name: string, conditions: PathConditions, period: Millis, start: Millis): NetworkProfile {
  const lastHole = (now: Millis): Hole | undefined => {
    const from = Math.floor((now - start) / period) * period + start
    return from < 0 ? undefined : { from, to: from + period - start }
  }
  return { name, at: (now) => ({ ...conditions, blocked: now % period >= start }), lastHole }
}

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
  { name: 'bursts', at: (now) => ({ delay: 15, loss: now % 1_000 < 100 ? 0.3 : 0 }) },
  holed('blackholes', { delay: 15 }, 5_000, 3_000),
]
