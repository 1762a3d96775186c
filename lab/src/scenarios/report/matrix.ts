import type { Run } from '../run.ts'

/** Runs of one scenario, in one cell of the matrix. */
export interface MatrixCell {
  readonly peer: string
  readonly name: string
  readonly pattern: string
  readonly expected: string
  readonly verdicts: readonly string[]
  /** Medians over the runs. */
  readonly verdictMs: number | null
  readonly recoveredMs: number | null
  readonly lost: number
  readonly runs: number
  readonly ok: number
  readonly ends: readonly string[]
}

/** One cell a scenario, in the order of the runs. */
export function matrixOf(runs: readonly Run[]): MatrixCell[] {
  return [...Map.groupBy(runs, ({ name }) => name).values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { name, peer, pattern, expected } = first
    return {
      peer,
      name,
      pattern,
      expected,
      verdicts: distinct(group.map(({ verdict }) => verdict ?? 'none')),
      verdictMs: median(group.flatMap(({ verdictMs }) => verdictMs ?? [])),
      recoveredMs: median(group.flatMap(({ recoveredMs }) => recoveredMs ?? [])),
      lost: group.reduce((sum, { lost }) => sum + lost, 0),
      runs: group.length,
      ok: group.filter(({ ok }) => ok).length,
      ends: distinct(group.map(({ end }) => end)),
    }
  })
}

/** The middle one, the higher of two; null when there are none. */
export function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)]
}
