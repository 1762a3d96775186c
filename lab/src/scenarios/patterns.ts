import type { Load, Observation } from './observation.ts'
import { abandon } from './patterns/abandon.ts'
import { crowded } from './patterns/crowd.ts'
import { endurance } from './patterns/endurance.ts'
import { exchange } from './patterns/exchange.ts'
import { habit } from './patterns/habit.ts'
import { lastWords } from './patterns/last-words.ts'
import { manyDials } from './patterns/many-dials.ts'
import { refusal } from './patterns/refusal.ts'
import { sessionLimit } from './patterns/session-limit.ts'
import { slowReader } from './patterns/slow-reader.ts'
import { unanswered } from './patterns/unanswered.ts'
import { undelivered } from './patterns/undelivered.ts'
import { webTransportGo } from './patterns/webtransport-go.ts'
import type { Setup } from './scenario.ts'

/** Carries a scenario out. */
export async function carryOut(scenario: Setup, load: Load): Promise<Observation> {
  switch (scenario.pattern) {
    case 'abandon':
      return await abandon(scenario.setup)
    case 'exchange':
      return await exchange(scenario.setup, load)
    case 'habit':
      return await habit(scenario.setup)
    case 'refusal':
      return await refusal(scenario.setup)
    case 'session-limit':
      return await sessionLimit(scenario.setup)
    case 'slow-reader':
      return await slowReader(scenario.setup)
    case 'unanswered':
      return await unanswered(scenario.setup)
    case 'webtransport-go':
      return await webTransportGo(scenario.setup)
    case 'last-words':
      return await lastWords(scenario.setup)
    case 'many-dials':
      return await manyDials(scenario.setup, load)
    case 'crowd':
      return await crowded(scenario.setup)
    case 'undelivered':
      return await undelivered(scenario.setup)
    case 'endurance':
      return await endurance(scenario.setup)
  }
}
