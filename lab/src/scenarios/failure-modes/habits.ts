import { goesAway } from '../habits/goes-away.ts'
import { neverFinishes } from '../habits/never-finishes.ts'
import { refillsInHalves } from '../habits/refills-in-halves.ts'
import { withholdsCredit } from '../habits/withholds-credit.ts'
import type { HabitSetup } from '../patterns/habit.ts'
import type { Scenario } from '../scenario.ts'

const load = { limit: 32, messages: 200, width: 4 } as const

function habitual(
  name: string,
  setup: Pick<HabitSetup, 'habit'> & Partial<HabitSetup>,
  [expected, end]: readonly [Scenario['expected'], Scenario['end']],
  about: string,
): Scenario {
  return {
    name,
    peer: 'sluice with a bad habit',
    pattern: 'habit',
    setup: { ...load, ...setup },
    expected,
    end,
    about,
  }
}

/** Against a peer made of our own stack that misbehaves. */
export const againstHabits: readonly Scenario[] = [
  habitual(
    'fm-05-send-half-never-retired',
    { habit: neverFinishes },
    ['half-open', 'recovers'],
    'the peer reads every stream to its end and never ends its own half',
  ),
  habitual(
    'fm-11-credit-never-refilled',
    { habit: withholdsCredit },
    ['credit-withheld', 'recovers'],
    'the peer never raises its limit',
  ),
  habitual(
    'fm-13-batched-credit',
    { habit: refillsInHalves },
    ['healthy', 'flows'],
    'the peer raises its limit by half of it at a time: nothing is wrong',
  ),
  habitual(
    'fm-17-session-gone',
    { habit: goesAway },
    ['session-gone', 'closes'],
    'the peer vanishes under the streams',
  ),
]
