import { floodsWithResets } from '../habits/floods-with-resets.ts'
import { goesAway } from '../habits/goes-away.ts'
import { leavesReadingOpen } from '../habits/leaves-reading-open.ts'
import { losesCreditForGood } from '../habits/loses-credit-for-good.ts'
import { losesCreditOnce } from '../habits/loses-credit-once.ts'
import { neverFinishes } from '../habits/never-finishes.ts'
import { refillsInHalves } from '../habits/refills-in-halves.ts'
import { refillsLate } from '../habits/refills-late.ts'
import { refillsWhenAsked } from '../habits/refills-when-asked.ts'
import { stopsAccepting } from '../habits/stops-accepting.ts'
import { stopsBeforeTheHeader } from '../habits/stops-before-the-header.ts'
import { takesItsTime } from '../habits/takes-its-time.ts'
import { withholdsCredit } from '../habits/withholds-credit.ts'
import type { HabitSetup } from '../patterns/habit.ts'
import type { Scenario } from '../scenario.ts'

const load = { limit: 32, messages: 200, width: 4, line: 'straight' } as const

const PEER = 'sluice with a bad habit'

function habitual(
  name: string,
  setup: Pick<HabitSetup, 'habit'> & Partial<HabitSetup>,
  [expected, end]: readonly [Scenario['expected'], Scenario['end']],
  about: string,
): Scenario {
  return {
    name,
    peer: PEER,
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
    'fm-01-stop-before-the-header',
    { habit: stopsBeforeTheHeader },
    ['healthy', 'flows'],
    'the peer stops each stream before its multistream header: the message arrives all the same',
  ),
  habitual(
    'fm-04-receive-half-never-retired',
    { habit: leavesReadingOpen },
    ['credit-withheld', 'recovers'],
    'the peer reads the bytes of each message, finishes, and never reads the end behind them',
  ),
  habitual(
    'fm-05-send-half-never-retired',
    { habit: neverFinishes },
    ['half-open', 'recovers'],
    'the peer reads every stream to its end and never ends its own half',
  ),
  habitual(
    'fm-08-not-accepted',
    { habit: stopsAccepting, width: 36 },
    ['not-accepted', 'recovers'],
    'the application of the peer takes no streams for a time',
  ),
  habitual(
    'fm-10-small-initial-limit',
    { habit: takesItsTime, limit: 16, width: 64, messages: 600 },
    ['limit-too-small', 'flows'],
    'a limit of 16 streams, and four times as many wanted at once',
  ),
  habitual(
    'fm-11-credit-never-refilled',
    { habit: withholdsCredit },
    ['credit-withheld', 'recovers'],
    'the peer never raises its limit',
  ),
  habitual(
    'fm-12-max-streams-lost',
    { habit: losesCreditOnce, line: 'lossy' },
    ['healthy', 'flows'],
    'the network loses a MAX_STREAMS, and QUIC sends it again: nothing is wrong',
  ),
  habitual(
    'fm-12-max-streams-lost-for-good',
    { habit: losesCreditForGood },
    ['credit-withheld', 'recovers'],
    'a MAX_STREAMS is lost that the peer never sends again',
  ),
  habitual(
    'fm-12-streams-blocked-answered',
    { habit: refillsWhenAsked },
    ['healthy', 'flows'],
    'every MAX_STREAMS is lost, but what answers STREAMS_BLOCKED: nothing is wrong',
  ),
  habitual(
    'fm-13-batched-credit',
    { habit: refillsInHalves },
    ['healthy', 'flows'],
    'the peer raises its limit by half of it at a time: nothing is wrong',
  ),
  habitual(
    'fm-13-late-credit',
    { habit: refillsLate, messages: 400 },
    ['healthy', 'flows'],
    'the peer raises its limit 300 ms after a stream is over: nothing is wrong',
  ),
  {
    name: 'fm-14-open-waits-silently',
    peer: PEER,
    pattern: 'refusal',
    setup: { habit: neverFinishes, limit: 32, deadline: 1_500 },
    expected: 'half-open',
    end: 'open-fails',
    about: 'with recovery off an open that gets no credit fails at its deadline and says who holds what',
  },
  habitual(
    'fm-17-session-gone',
    { habit: goesAway },
    ['session-gone', 'closes'],
    'the peer vanishes under the streams',
  ),
  habitual(
    'fm-21-reset-flood',
    { habit: floodsWithResets },
    ['healthy', 'flows'],
    'the peer opens and resets streams as fast as it may, and messages go the other way all the same',
  ),
]
