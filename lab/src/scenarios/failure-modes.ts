import type { Habit } from './patterns/habit.ts'
import type { Scenario } from './scenario.ts'

const PEER = 'sluice with a bad habit'

function habitual(
  name: string,
  habit: Habit,
  expected: Scenario['expected'],
  end: Scenario['end'],
  about: string,
): Scenario {
  return {
    name,
    peer: PEER,
    pattern: 'habit',
    setup: { habit, limit: 32, messages: 200 },
    expected,
    end,
    about,
  }
}

function exchanged(name: string, dialer: string, about: string): Scenario {
  return {
    name,
    peer: `${dialer} > node`,
    pattern: 'exchange',
    setup: { dialer, listener: 'node', width: 8 },
    expected: 'healthy',
    end: 'flows',
    about,
  }
}

/** Known ways in which stream credit goes wrong, each against a peer that shows it. */
export const failureModes: readonly Scenario[] = [
  exchanged(
    'fm-01-early-stop-sending',
    'go/v0.36.5',
    'STOP_SENDING before the negotiation is answered: the message arrives all the same',
  ),
  exchanged(
    'fm-03-benign-stop-sending',
    'go/v0.51.0',
    'STOP_SENDING with code 0 behind a complete message, on every stream: no error',
  ),
  habitual(
    'fm-05-send-half-never-retired',
    'never-finishes',
    'half-open',
    'recovers',
    'the peer reads every stream to its end and never ends its own half',
  ),
  habitual(
    'fm-11-credit-never-refilled',
    'withholds-credit',
    'credit-withheld',
    'recovers',
    'the peer never raises its limit',
  ),
  habitual(
    'fm-13-batched-credit',
    'refills-in-halves',
    'healthy',
    'flows',
    'the peer raises its limit by half of it at a time: nothing is wrong',
  ),
  habitual('fm-17-session-gone', 'goes-away', 'session-gone', 'closes', 'the peer vanishes under the streams'),
]
