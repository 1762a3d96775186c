import type { Load, Observation } from './observation.ts'
import { carryOut } from './patterns.ts'
import type { RunLine, Scenario } from './scenario.ts'

/** A verdict comes within this time of the open that waits, in milliseconds. */
export const VERDICT_WITHIN = 1_000
/** Streams flow again within this time of the verdict, in milliseconds. */
export const RECOVERY_WITHIN = 2_000

/** A run with all that was counted. */
export interface Run extends RunLine {
  readonly end: string
  readonly errors: number
  readonly milliseconds: number
  readonly figures: Readonly<Record<string, unknown>>
}

/** Runs a scenario once. Never throws: what goes wrong is in the figures, and the run is not ok. */
export async function runScenario(scenario: Scenario, load: Load): Promise<Run> {
  const start = performance.now()
  const observation = await carryOut(scenario, load).catch(failed)
  const { name, peer, pattern, expected } = scenario
  const { verdict, verdictMs, recoveredMs, lost, end, errors, figures } = observation
  const [named, recovered] = [round(verdictMs), round(recoveredMs)]
  const ok = isOk(scenario, observation)
  const milliseconds = Math.round(performance.now() - start)
  return {
    name,
    peer,
    pattern,
    expected,
    verdict,
    verdictMs: named,
    recoveredMs: recovered,
    lost,
    ok,
    end,
    errors,
    milliseconds,
    figures,
  }
}

/** The run as `--json` prints it. */
export function runLine({ name, peer, pattern, expected, verdict, verdictMs, recoveredMs, lost, ok }: Run): RunLine {
  return { name, peer, pattern, expected, verdict, verdictMs, recoveredMs, lost, ok }
}

/** Whether all is as the scenario demands; a scenario that is only reported has no demands but that it could be run. */
export function isOk(scenario: Pick<Scenario, 'expected' | 'end'>, observation: Observation): boolean {
  if (scenario.expected === 'reported') return !('failed' in observation.figures)
  const { verdict, verdictMs, recoveredMs, lost, end, errors } = observation
  return (
    verdict === scenario.expected &&
    end === scenario.end &&
    lost === 0 &&
    errors === 0 &&
    (verdictMs ?? 0) <= VERDICT_WITHIN &&
    (recoveredMs ?? 0) <= RECOVERY_WITHIN
  )
}

function failed(error: unknown): Observation {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const figures = { failed: text }
  return { verdict: null, verdictMs: null, recoveredMs: null, lost: 0, end: 'never', errors: 1, figures }
}

function round(milliseconds: number | null): number | null {
  return milliseconds === null ? null : Math.round(milliseconds)
}
