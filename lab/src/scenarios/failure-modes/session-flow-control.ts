import type { Scenario } from '../scenario.ts'

const load = { limited: 'streams', limit: 32, messages: 200, width: 4 } as const
const data = { ...load, limited: 'data', limit: 16_384 } as const

/** Against peers whose sessions have limits of their own above those of QUIC. */
export const againstSessionLimits: readonly Scenario[] = [
  {
    name: 'fm-18-session-limit-static',
    peer: 'sluice with a session limit that stays',
    pattern: 'session-limit',
    setup: { ...load, peer: 'never raises' },
    expected: 'session-limit',
    end: 'recovers',
    about: 'the peer never raises the limit of its session, while QUIC has credit left',
  },
  {
    name: 'fm-18-session-limit-raised',
    peer: 'sluice with a session limit',
    pattern: 'session-limit',
    setup: { ...load, peer: 'raises' },
    expected: 'healthy',
    end: 'flows',
    about: 'both ends speak session flow control: many times the limit gets through',
  },
  {
    name: 'fm-18-session-data-static',
    peer: 'sluice with a session data limit that stays',
    pattern: 'session-limit',
    setup: { ...data, peer: 'never raises' },
    expected: 'data-window',
    end: 'recovers',
    about: 'the peer never raises the limit for data of its session, while QUIC has room left',
  },
  {
    name: 'fm-18-session-data-raised',
    peer: 'sluice with a session data limit',
    pattern: 'session-limit',
    setup: { ...data, peer: 'raises' },
    expected: 'healthy',
    end: 'flows',
    about: 'both ends speak session flow control: more bytes than the limit get through',
  },
  {
    name: 'fm-18-session-limit-go',
    peer: 'webtransport-go',
    pattern: 'webtransport-go',
    setup: { kept: 0 },
    expected: 'healthy',
    end: 'flows',
    about: 'a real peer with session flow control: many times the ten streams that its session allows, both ways',
  },
  {
    name: 'fm-18-session-limit-in-use',
    peer: 'webtransport-go',
    pattern: 'webtransport-go',
    setup: { kept: 9 },
    expected: 'session-limit',
    end: 'open-fails',
    about:
      'streams in use fill the limit of the session but for the reserve, and QUIC has credit left: the open says so',
  },
  {
    name: 'fm-18-session-limit-ignored',
    peer: 'sluice that ignores our session limit',
    pattern: 'session-limit',
    setup: { ...load, peer: 'ignores ours' },
    expected: 'session-gone',
    end: 'closes',
    about: 'the peer opens a stream more than our session lets it: the session ends, and what waited fails by a code',
  },
]
