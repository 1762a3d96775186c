import type { Millis, VerdictCode } from '@sluice/credit'
import type { End } from './observation.ts'
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
