import type { Machine } from './machine.ts'
import { type MeasureName, measures, type Scale } from './measures.ts'
import type { Sample } from './sample.ts'
import { type Spread, spread } from './statistics.ts'

/** What `--json` writes and `report.ts` reads: everything a figure in the documentation rests on. */
export interface Result {
  readonly format: 'sluice-bench/1'
  /** ISO 8601, when the first round began. */
  readonly date: string
  /** Commit of the sources; `+` at the end: with changes that are not in it. Undefined outside git. */
  readonly commit: string | undefined
  readonly machine: Machine
  readonly versions: Readonly<Record<string, string>>
  /** A quick run shows that the bench works; its figures prove nothing. */
  readonly quick: boolean
  /** Our processes ran under the profiler, which slows them. */
  readonly profiled: boolean
  readonly rounds: number
  readonly scale: Scale
  readonly series: readonly Series[]
}

/** The samples of one contender in one measure, a round each. */
export interface Series {
  readonly contender: string
  readonly measure: MeasureName
  readonly samples: readonly Sample[]
  /** Why there are no more samples. */
  readonly error?: string
}

export function seriesOf(result: Result, contender: string, measure: MeasureName): Series | undefined {
  return result.series.find((series) => series.contender === contender && series.measure === measure)
}

/** Spread of the figures, in the unit of the measure. */
export function figures(series: Series): Spread | undefined {
  return spread(figuresOfSeries(series))
}

function figuresOfSeries(series: Series): number[] {
  const measure = measures.find(({ name }) => name === series.measure)
  return series.samples.flatMap((sample) => measure?.figure(sample) ?? [])
}

/** Figures round by round; none when it was not measured. */
export function figuresOf(result: Result, contender: string, measure: MeasureName): number[] {
  const series = seriesOf(result, contender, measure)
  return series === undefined ? [] : figuresOfSeries(series)
}

/** CPU seconds of both ends for each unit of work (a byte, a stream, a dial): the median. */
export function cpuPerUnit(series: Series): number | undefined {
  const costs = series.samples.flatMap(({ cpu, count }) =>
    cpu === undefined || count === 0 ? [] : [(cpu.listener + cpu.driver) / count],
  )
  return spread(costs)?.median
}
