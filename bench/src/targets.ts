import type { MeasureName } from './measures.ts'
import { figuresOf, type Result } from './result.ts'
import { spread } from './statistics.ts'

/** A ratio that Sluice means to reach. */
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
  // Observing costs at most 3 % of bulk and 5 % of the rate of streams.
  ...(['bulk', 'streams-1', 'streams-100'] as const).map((measure) => ({
    ours: 'webtransport/sluice',
    theirs: 'webtransport/unobserved',
    measure,
    factor: measure === 'bulk' ? 0.97 : 0.95,
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

/**
 * One through the other, round by round, and of that the median: what slows the machine for a while slows both samples
 * of a round, and so leaves their ratio.
 */
export function ratioOf(result: Result, ours: string, theirs: string, measure: MeasureName): number | undefined {
  const numerators = figuresOf(result, ours, measure)
  const ratios = figuresOf(result, theirs, measure).flatMap((denominator, round) => {
    const numerator = numerators[round]
    return numerator === undefined ? [] : [numerator / denominator]
  })
  return spread(ratios)?.median
}
