import type { Millis, VerdictCode } from '@sluice/credit'

/** How a scenario is to end. 'reported': nothing of ours is under test, so that anything goes. */
export type End =
  /** Everything arrives while whatever is wrong goes on. */
  | 'flows'
  /** Streams stop, and then flow again. */
  | 'recovers'
  /** The connection ends, and everything that waited on it fails with a typed error. */
  | 'closes'
  /** An open fails with ERR_NO_STREAM_CREDIT. */
  | 'open-fails'
  | 'reported'

/** How much is done in a scenario. */
export interface Load {
  /** Streams in each direction, where it is not the scenario that decides. */
  readonly streams: number
}

/** What came of a run. */
export interface Observation {
  /** What our end said; null where no end of ours says anything. */
  readonly verdict: VerdictCode | null
  /** From the moment in which an open waits, or the stall begins, to the verdict; null when there was no verdict. */
  readonly verdictMs: Millis | null
  /** From the verdict to the first stream that works again; null when nothing had to recover. */
  readonly recoveredMs: Millis | null
  /** Messages that were handed over and did not arrive. */
  readonly lost: number
  readonly end: Exclude<End, 'reported'> | 'never'
  /** Errors that surfaced and should not have. */
  readonly errors: number
  /** What was counted, for people and for the results file. */
  readonly figures: Readonly<Record<string, unknown>>
}
