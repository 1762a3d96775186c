import type { Millis } from '@sluice/credit'
import type { Session } from '@sluice/webtransport'
import { Timer } from '../timer.ts'
import { MAX_STREAMS } from './end-ledger.ts'

/** A stream of ours on which nothing came back for so long may not have come to light at the other end. */
const UNANSWERED_AFTER: Millis = 100

const LOOK_EVERY: Millis = 50

/** From one answer to the next question; many answers in a row are about the same streams. */
export const WATCH_INTERVAL: Millis = 250

/** Longest wait; less than the deadline of an exchange. */
const LONGEST: Millis = 4_000

/**
 * Resolves when a stream that this end opened stays unanswered, or after a while.
 *
 * @param over whether nobody cares any more, as when the session was replaced
 */
export async function unanswered(
  session: Pick<Session, 'now' | 'liveStreams'>,
  over: () => boolean = () => false,
): Promise<void> {
  const until = session.now() + LONGEST
  while (session.now() < until && !over() && !hasUnanswered(session)) await pause(LOOK_EVERY)
}

export function pause(time: Millis): Promise<void> {
  return new Promise((resolve) => new Timer(resolve).arm(time))
}

function hasUnanswered(session: Pick<Session, 'now' | 'liveStreams'>): boolean {
  const before = session.now() - UNANSWERED_AFTER
  return session
    .liveStreams(MAX_STREAMS)
    .some(
      ({ opener, kind, openedAt, bytesRead, receive }) =>
        opener === 'us' && kind === 'bidi' && receive === 'open' && bytesRead === 0 && openedAt <= before,
    )
}
