import type { LastWordsSetup } from '../patterns/last-words.ts'
import type { Scenario } from '../scenario.ts'

const healthy = { expected: 'healthy', end: 'flows' } as const

function closing(name: string, setup: Pick<LastWordsSetup, 'dialer' | 'listener' | 'closer'>, about: string): Scenario {
  const { dialer, listener, closer } = setup
  return {
    name: `fm-16-data-loss-at-close-${name}`,
    peer: closer === 'dialer' ? `${dialer} > ${listener}` : `${listener} > ${dialer}`,
    pattern: 'last-words',
    setup: { ...setup, rounds: 5, messages: 20 },
    ...healthy,
    about,
  }
}

/** In real browsers, which do what is wrong by themselves. */
export const inBrowsers: readonly Scenario[] = [
  {
    name: 'fm-09-incoming-pull-wedge',
    peer: 'node > chromium/wedged',
    pattern: 'undelivered',
    setup: { dialer: 'chromium/wedged', messages: 200, width: 4 },
    expected: 'not-delivered',
    end: 'recovers',
    about:
      'the browser of a page stops handing over incoming streams, as Firefox before 153 may, though there is credit',
  },
  {
    name: 'fm-15-open-rejected',
    peer: 'chromium/sluice > node',
    pattern: 'crowd',
    setup: { dialer: 'chromium/sluice', limit: 16, streams: 80, after: 800 },
    expected: 'limit-too-small',
    end: 'flows',
    about: 'a page opens five times what its credit allows: Chromium rejects, and the opens wait in our queue',
  },
  closing(
    'chromium',
    { dialer: 'chromium/sluice', listener: 'node', closer: 'dialer' },
    'a page sends and closes the connection at once: all of it arrives',
  ),
  closing(
    'firefox',
    { dialer: 'firefox/sluice', listener: 'node', closer: 'dialer' },
    'a page sends and closes the connection at once: all of it arrives',
  ),
  closing(
    'chromium-go',
    { dialer: 'chromium/sluice', listener: 'go/v0.51.0', closer: 'dialer' },
    "as that, and Go's STOP_SENDING crosses what is sent",
  ),
  closing(
    'to-chromium',
    { dialer: 'chromium/sluice', listener: 'node', closer: 'listener' },
    'a node sends to a page and closes the connection at once: all of it arrives',
  ),
  closing(
    'to-firefox',
    { dialer: 'firefox/sluice', listener: 'node', closer: 'listener' },
    'a node sends to a page and closes the connection at once: all of it arrives',
  ),
  {
    name: 'fm-19-session-throttle',
    peer: 'chromium/sluice > node',
    pattern: 'many-dials',
    setup: { dialer: 'chromium/sluice', failing: 8, atOnce: 90 },
    ...healthy,
    about:
      'after dials that failed Chromium holds the next ones back, then refuses them: both are said for what they are',
  },
  {
    name: 'fm-20-native-memory-growth',
    peer: 'node > node',
    pattern: 'endurance',
    setup: { streams: 10_000 },
    ...healthy,
    about: 'many streams come and go on one connection: the memory of both processes has no slope',
  },
]
