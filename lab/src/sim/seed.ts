import { type Accusation, accuse } from './accuse.ts'
import { runMuxers } from './libp2p/run.ts'
import { planOf } from './plan.ts'
import { type RunResult, runPlan, type Trace } from './run.ts'

/** What came of a seed: the healthy traffic of sessions and of js-libp2p over them, and its culprit. */
export interface SeedResult extends RunResult {
  readonly ok: boolean
  readonly accusation: Accusation
  /** Streams of js-libp2p. */
  readonly muxerStreams: number
}

/** Runs all that a seed decides, and checks every property on the way. */
export async function runSeed(seed: number, trace: Trace = () => {}): Promise<SeedResult> {
  const run = await runPlan(planOf(seed), trace)
  const accusation = await accuse(seed, trace)
  const muxers = await runMuxers(planOf(seed), trace)
  const faults = [
    ...run.faults,
    ...muxers.faults,
    ...accusation.faults.map((fault) => `${accusation.culprit}: ${fault}`),
  ]
  return { ...run, muxerStreams: muxers.streams, faults: [...new Set(faults)], ok: faults.length === 0, accusation }
}
