import type { MeasureName } from './measures.ts'
import type { Result, Series } from './result.ts'

/** A result with the series given; everything else is made up. For tests. */
export function resultOf(...series: Series[]): Result {
  return {
    format: 'sluice-bench/1',
    date: '2026-01-02T03:04:05.000Z',
    commit: '0123456789ab',
    machine: { processor: 'Example CPU', cores: 8, memory: 16 * 2 ** 30, system: 'Linux 6.1 x86_64' },
    versions: { node: 'v24.0.0' },
    quick: false,
    profiled: false,
    rounds: 3,
    scale: { bytes: 2 ** 20, seconds: 1, connections: 10 },
    series,
  }
}

/** Samples of one second each. */
export function seriesOfCounts(contender: string, measure: MeasureName, ...counts: number[]): Series {
  return {
    contender,
    measure,
    samples: counts.map((count) => ({ count, seconds: 1, cpu: { listener: 0.5, driver: 0.5 } })),
  }
}
