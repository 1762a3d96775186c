import { GIVES_UP } from '../../abandon/giving-up.ts'
import type { Treatment } from '../../abandon/table.ts'
import type { Scenario } from '../scenario.ts'

const DIALERS = ['node', 'chromium/sluice', 'firefox/sluice'] as const

interface Abandoned {
  readonly name: string
  readonly treatment: Treatment
  readonly count: number
  readonly width: number
  readonly about: string
}

/** In all three environments, since what becomes of a stream that nobody wants is the platform's affair too. */
function abandoned({ name, treatment, count, width, about }: Abandoned): readonly Scenario[] {
  return DIALERS.map((dialer) => ({
    name: `${name}-${dialer.replace('/sluice', '')}`,
    peer: `${dialer} > node`,
    pattern: 'abandon',
    setup: { dialer, listener: 'node', treatment, count, width },
    expected: 'healthy',
    end: 'flows',
    about,
  }))
}

/** Against applications that treat their streams otherwise than a transport would wish. */
export const againstApplications: readonly Scenario[] = [
  {
    name: 'fm-02-close-blocks',
    peer: 'sluice that leaves streams unanswered',
    pattern: 'unanswered',
    setup: { limit: 32, messages: 200, width: 8, patience: 500 },
    expected: 'healthy',
    end: 'flows',
    about: 'every fourth negotiation is never answered: the others are not held up, and a close with such streams ends',
  },
  ...abandoned({
    name: 'fm-06-references-held',
    treatment: { opens: 'keeps', handles: 'keeps', bytes: 100 },
    count: 1_000,
    width: 8,
    about: 'both applications hold every stream that is over: credit comes back without any garbage being collected',
  }),
  ...abandoned({
    name: 'fm-07-orphaned-open',
    treatment: { opens: GIVES_UP, handles: 'well', bytes: 100 },
    count: 150,
    width: 150,
    about: 'opens are given up before the call, in its turn, waiting for credit, and negotiating: no stream stays',
  }),
]

/** Against a peer whose application reads slowly. */
export const againstSlowReaders: readonly Scenario[] = [
  {
    name: 'peer-slow-reader',
    peer: 'sluice whose application reads slowly',
    pattern: 'slow-reader',
    setup: { unread: 1, bytes: 524_288, messages: 200 },
    expected: 'healthy',
    end: 'flows',
    about: 'one stream is left unread and waits for its own window: the others flow',
  },
  {
    name: 'peer-slow-reader-of-many',
    peer: 'sluice whose application reads slowly',
    pattern: 'slow-reader',
    setup: { unread: 12, bytes: 262_144, messages: 300 },
    expected: 'data-window',
    end: 'recovers',
    about:
      'so many streams are left unread that they fill the window of the connection: others flow on a fresh session',
  },
]
