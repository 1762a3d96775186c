import type { Session, SessionStream } from '@sluice/webtransport'

/** Who takes the streams that are opened to a session. */
export type Taker = (stream: SessionStream) => void

/**
 * Puts another taker in the place of the one that a session has, or is about to be given.
 *
 * @param made gets the one that takes streams properly
 */
export function takesStreams(session: Pick<Session, 'onStream' | 'closed'>, made: (properly: Taker) => Taker): void {
  let over = false
  session.closed.then(() => {
    over = true
  })
  const look = (): void => {
    const properly = session.onStream
    if (properly !== undefined) session.onStream = made(properly)
    // The muxer above begins to take streams in a turn of its own.
    else if (!over) setImmediate(look)
  }
  setImmediate(look)
}
