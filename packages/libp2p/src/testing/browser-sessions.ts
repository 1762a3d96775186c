import type { AccountSnapshot, Opener } from '@sluice/credit'
import type { SessionStream } from '@sluice/webtransport'
import { BrowserSession } from '../browser/session.ts'
import { type FakeOptions, type FakeWebTransport, fakePair } from './fake-web-transport.ts'

type Platform = ConstructorParameters<typeof BrowserSession>[0]

export interface BrowserSessions {
  readonly near: FakeWebTransport
  readonly far: FakeWebTransport
  readonly us: BrowserSession
  readonly them: BrowserSession
}

/** Both ends of a session, each over a platform that is not there. For tests. */
export function sessions(options?: FakeOptions): BrowserSessions {
  const [near, far] = fakePair(options)
  return {
    near,
    far,
    us: new BrowserSession(near as unknown as Platform),
    them: new BrowserSession(far as unknown as Platform),
  }
}

/** The next stream of the peer. */
export function taken(session: BrowserSession): Promise<SessionStream> {
  return new Promise((resolve) => {
    session.onStream = (stream) => {
      session.onStream = undefined
      resolve(stream)
    }
  })
}

/** Reads each stream of the peer to the end and finishes. */
export function serve(session: BrowserSession): void {
  session.onStream = (stream) => {
    const readable = (): void => {
      while (stream.read() !== undefined);
      if (stream.receiveState !== 'open') stream.finish()
    }
    stream.events = { readable }
    readable()
  }
}

/** What is counted of the streams of one opener. */
export function account(session: BrowserSession, opener: Opener): AccountSnapshot {
  const found = session.credit.accounts.find((each) => each.opener === opener)
  if (found === undefined) throw new RangeError('no such account')
  return found
}
