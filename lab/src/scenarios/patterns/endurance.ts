import { nodePair } from '../../soak/libp2p-pair.ts'
import { soak } from '../../soak/run.ts'
import type { Observation } from '../observation.ts'
import { sumOf, worstVerdict } from './received.ts'

/** Two nodes of ours, and what they hold after many streams. */
export interface EnduranceSetup {
  /** Streams in each direction. */
  readonly streams: number
}

/** Streams that come and go on one connection, and the slope of the memory of both ends over them (`src/soak`). */
export async function endurance({ streams }: EnduranceSetup): Promise<Observation> {
  const pair = await nodePair()
  try {
    const { samples: _, ...figures } = await soak(pair, streams, {}, () => {})
    const received = await Promise.all(pair.peers.map((peer) => peer.request('received', {})))
    const growing = Object.values(figures.growth).filter(({ slope, bound }) => slope > bound)
    return {
      verdict: worstVerdict(received),
      verdictMs: null,
      recoveredMs: null,
      lost: figures.lost,
      end: figures.lost === 0 ? 'flows' : 'never',
      errors: sumOf(figures.failures) + sumOf(figures.live) + growing.length,
      figures: { ...figures },
    }
  } finally {
    await pair.close()
  }
}
