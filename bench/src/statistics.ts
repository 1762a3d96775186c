/** Least, middle and greatest of a few samples. */
export interface Spread {
  readonly min: number
  readonly median: number
  readonly max: number
}

/** @returns undefined for no samples */
export function spread(samples: readonly number[]): Spread | undefined {
  const sorted = samples.toSorted((a, b) => a - b)
  const min = sorted.at(0)
  const max = sorted.at(-1)
  const upper = sorted.at(Math.floor(sorted.length / 2))
  const lower = sorted.at(Math.floor((sorted.length - 1) / 2))
  if (min === undefined || max === undefined || upper === undefined || lower === undefined) return undefined
  return { min, median: (lower + upper) / 2, max }
}
