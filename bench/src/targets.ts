import type { MeasureName } from './measures.ts'
import { medianOf, type Result } from './result.ts'

/** A ratio of medians that Sluice means to reach. */
export interface Target {
  readonly ours: string
  readonly theirs: string
  readonly measure: MeasureName
  readonly factor: number
}

export const targets: readonly Target[] = [
  ...(['bulk', 'streams-1', 'streams-100'] as const).map((measure) => ({
    ours: 'webtransport/sluice',
    theirs: 'webtransport/webtransport-go',
    measure,
    factor: 1.5,
  })),
  ...(['bulk', 'streams-1', 'streams-100'] as const).map((measure) => ({
    ours: 'libp2p/sluice',
    theirs: 'libp2p/js-tcp',
    measure,
    factor: 1,
  })),
]

export type Verdict =
  | { readonly target: Target; readonly state: 'met' | 'missed'; readonly ratio: number }
  /** One of the two was not measured. */
  | { readonly target: Target; readonly state: 'unknown' }

export function judge(result: Result): Verdict[] {
  return targets.map((target) => {
    const ratio = ratioOf(result, target.ours, target.theirs, target.measure)
    if (ratio === undefined) return { target, state: 'unknown' }
    return { target, state: ratio >= target.factor ? 'met' : 'missed', ratio }
  })
}

/** Median of one through median of the other. */
export function ratioOf(result: Result, ours: string, theirs: string, measure: MeasureName): number | undefined {
  const numerator = medianOf(result, ours, measure)
  const denominator = medianOf(result, theirs, measure)
  return numerator === undefined || denominator === undefined ? undefined : numerator / denominator
}
