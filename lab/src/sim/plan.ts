import type { Millis } from '@sluice/credit'
import type { SessionFlowControlOptions } from '@sluice/webtransport'
import { Chance } from './chance.ts'
import { NETWORKS, type NetworkProfile } from './networks.ts'

export const SIDES = ['client', 'server'] as const
export type Side = (typeof SIDES)[number]

/** What the application at one end does. */
export interface SidePlan {
  /** Streams that the peer may have open at once. */
  readonly maxIncomingBidi: number
  readonly maxIncomingUni: number
  /** Receive windows in bytes. */
  readonly streamReceiveWindow: number
  readonly receiveWindow: number
  /** Streams that it opens in each round. */
  readonly streams: number
  /** How many of them at once. */
  readonly concurrency: number
  readonly uniShare: number
  /** Takes no streams for a while, in each round. */
  readonly holdAccepts: Millis
  /** Now and then gives up waiting for a stream. */
  readonly impatient: boolean
  /** Some halves are left alone for a while. */
  readonly pauses: boolean
}

export type SessionLimits = Required<SessionFlowControlOptions>

/** All that a seed decides beforehand. */
export interface Plan {
  readonly seed: number
  readonly network: NetworkProfile
  readonly sides: Readonly<Record<Side, SidePlan>>
  /** What each end lets the other have in the session; undefined: session flow control is off. */
  readonly sessionLimits: Readonly<Record<Side, SessionLimits>> | undefined
  /** Rounds of traffic; after each everything is quiet, and the ledger must be clean. */
  readonly rounds: number
  readonly ending: {
    readonly by: Side
    /** 'cut': nothing gets through any more, in one direction or both. */
    readonly how: 'close' | 'abort' | 'cut'
    /** In mid-traffic, so long after the start of the last round; undefined: when all is done. */
    readonly after: Millis | undefined
  }
}

/** The plan of a seed. */
export function planOf(seed: number): Plan {
  const chance = new Chance(seed)
  const network = chance.pick(NETWORKS)
  const early = chance.happens(0.15)
  return {
    seed,
    network,
    sides: { client: sidePlan(chance), server: sidePlan(chance) },
    sessionLimits: sessionLimits(new Chance(seed, 78)),
    rounds: chance.whole(1, 3),
    ending: {
      by: chance.pick(SIDES),
      how: chance.happens(0.6) ? 'close' : chance.pick(['abort', 'cut']),
      after: early ? chance.magnitude(1, 2_000) : undefined,
    },
  }
}

/** From less than QUIC's limits to more. */
function sessionLimits(chance: Chance): Plan['sessionLimits'] {
  if (chance.happens(0.6)) return undefined
  const limits = (): SessionLimits => ({
    maxIncomingBidi: chance.pick([1, 4, 16, 300]),
    maxIncomingUni: chance.pick([1, 4, 16, 300]),
    receiveWindow: chance.pick([1_000, 16_384, 262_144, 33_554_432]),
  })
  return { client: limits(), server: limits() }
}

function sidePlan(chance: Chance): SidePlan {
  return {
    maxIncomingBidi: chance.pick([16, 16, 32, 100, 256]),
    // HTTP/3 itself needs three.
    maxIncomingUni: chance.pick([8, 16, 16, 100]),
    streamReceiveWindow: chance.pick([4_096, 65_536, 2_097_152]),
    receiveWindow: chance.pick([65_536, 1_048_576, 16_777_216]),
    streams: chance.happens(0.1) ? 0 : chance.magnitude(1, 60),
    concurrency: chance.magnitude(1, 40),
    uniShare: chance.pick([0, 0, 0.3, 1]),
    holdAccepts: chance.happens(0.15) ? chance.magnitude(10, 5_000) : 0,
    impatient: chance.happens(0.2),
    pauses: chance.happens(0.4),
  }
}
