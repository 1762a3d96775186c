import { CheckFailedError } from '../errors.ts'

export type Figures = Readonly<Record<string, unknown>>

/** What became of one check of one cell. */
export interface Outcome {
  readonly cell: string
  readonly check: string
  readonly ok: boolean
  readonly milliseconds: number
  readonly figures: Figures
  readonly error?: string
}

/** One demand on a pair of peers. */
export interface Check<Pair> {
  readonly name: string
  /** Whether the demand makes sense for this pair; absent: always. */
  applies?(pair: Pair): boolean
  /** @returns what was measured; @throws whatever went wrong, CheckFailedError with the figures where there are any */
  run(pair: Pair): Promise<Figures>
}

/** A pair that can start afresh, so that one failed check does not spoil the next. */
export interface Renewable {
  renew?(): Promise<void>
}

/** Runs the checks in order, whatever fails, and reports each as it ends. */
export async function runChecks<Pair extends Renewable>(
  cell: string,
  pair: Pair,
  checks: readonly Check<Pair>[],
  report: (outcome: Outcome) => void,
): Promise<void> {
  for (const check of checks.filter((one) => one.applies?.(pair) ?? true)) {
    const start = performance.now()
    const about = (): Pick<Outcome, 'cell' | 'check' | 'milliseconds'> => ({
      cell,
      check: check.name,
      milliseconds: Math.round(performance.now() - start),
    })
    try {
      const figures = await check.run(pair)
      report({ ...about(), ok: true, figures })
    } catch (error) {
      const figures = error instanceof CheckFailedError ? error.figures : {}
      report({ ...about(), ok: false, figures, error: error instanceof Error ? error.message : String(error) })
      await pair.renew?.()
    }
  }
}

/** @throws CheckFailedError unless `holds` */
export function demand(holds: boolean, message: string, figures: Figures): asserts holds {
  if (!holds) throw new CheckFailedError(message, figures)
}
