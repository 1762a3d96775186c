import type { Millis, VerdictCode } from '@sluice/credit'
import type { AbandonSetup } from './patterns/abandon.ts'
import type { CrowdSetup } from './patterns/crowd.ts'
import type { EnduranceSetup } from './patterns/endurance.ts'
import type { ExchangeSetup } from './patterns/exchange.ts'
import type { HabitSetup } from './patterns/habit.ts'
import type { LastWordsSetup } from './patterns/last-words.ts'
import type { ManyDialsSetup } from './patterns/many-dials.ts'
import type { RefusalSetup } from './patterns/refusal.ts'
import type { SessionLimitSetup } from './patterns/session-limit.ts'
import type { SlowReaderSetup } from './patterns/slow-reader.ts'
import type { UnansweredSetup } from './patterns/unanswered.ts'
import type { UndeliveredSetup } from './patterns/undelivered.ts'
import type { WebTransportGoSetup } from './patterns/webtransport-go.ts'

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

/** What is done, and with what; `pattern` names the code that does it (patterns.ts). */
export type Setup =
  | { readonly pattern: 'abandon'; readonly setup: AbandonSetup }
  | { readonly pattern: 'exchange'; readonly setup: ExchangeSetup }
  | { readonly pattern: 'habit'; readonly setup: HabitSetup }
  | { readonly pattern: 'refusal'; readonly setup: RefusalSetup }
  | { readonly pattern: 'session-limit'; readonly setup: SessionLimitSetup }
  | { readonly pattern: 'slow-reader'; readonly setup: SlowReaderSetup }
  | { readonly pattern: 'unanswered'; readonly setup: UnansweredSetup }
  | { readonly pattern: 'webtransport-go'; readonly setup: WebTransportGoSetup }
  | { readonly pattern: 'last-words'; readonly setup: LastWordsSetup }
  | { readonly pattern: 'many-dials'; readonly setup: ManyDialsSetup }
  | { readonly pattern: 'crowd'; readonly setup: CrowdSetup }
  | { readonly pattern: 'undelivered'; readonly setup: UndeliveredSetup }
  | { readonly pattern: 'endurance'; readonly setup: EnduranceSetup }

/** One run of streams against one peer, and what must come of it. */
export type Scenario = {
  readonly name: string
  /** Who is at the other end, for people. */
  readonly peer: string
  /** What our end must say of it: the verdict that calls for something, or 'healthy' when none may. */
  readonly expected: VerdictCode | 'reported'
  readonly end: End
  /** What the scenario shows, in one sentence. */
  readonly about: string
} & Setup

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

/** One line of `lab run --json`. */
export interface RunLine {
  readonly name: string
  readonly peer: string
  readonly pattern: string
  readonly expected: string
  readonly verdict: string | null
  readonly verdictMs: Millis | null
  readonly recoveredMs: Millis | null
  readonly lost: number
  readonly ok: boolean
}
