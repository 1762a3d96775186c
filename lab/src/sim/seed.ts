import { type Accusation, accuse } from './accuse.ts'
import { planOf } from './plan.ts'
import { type RunResult, runPlan, type Trace } from './run.ts'

/** What came of a seed: its healthy traffic, and its culprit. */
export interface SeedResult extends RunResult {
  readonly ok: boolean
  readonly accusation: Accusation
}

/** Runs all that a seed decides, and checks every property on the way. */
export async function runSeed(seed: number, trace: Trace = () => {}): Promise<SeedResult> {
  const run = await runPlan(planOf(seed), trace)
  const accusation = await accuse(seed, trace)
  const faults = [...run.faults, ...accusation.faults.map((fault) => `${accusation.culprit}: ${fault}`)]
  return { ...run, faults: [...new Set(faults)], ok: faults.length === 0, accusation }
}
