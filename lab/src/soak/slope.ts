export interface Point {
  readonly x: number
  readonly y: number
}

/**
 * The slope of the straight line through `points` by least squares.
 *
 * @throws RangeError fewer than two different `x`
 */
export function slope(points: readonly Point[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [mean(points.map((point) => point.x)), mean(points.map((point) => point.y))]
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0)
  if (!(spread > 0)) throw new RangeError('a slope takes two points')
  return points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spread
}

/** The later half of a series: what came before may be memory taken once and kept. */
export function laterHalf<T>(series: readonly T[]): readonly T[] {
  return series.slice(Math.floor(series.length / 2))
}
