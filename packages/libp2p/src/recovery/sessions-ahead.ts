import type { Millis } from '@sluice/credit'
import type { Session, SessionStream } from '@sluice/webtransport'
import type { RenewableSession } from './renewable-session.ts'

/** Sessions that stand ready: what a peer opens in the time of a slow dial must find credit. */
const AHEAD = 2

/** Where none was needed for so long none is kept. */
const KEPT: Millis = 30_000

/**
 * Dials fresh sessions before they are needed. Where each stream of the peer costs credit for good a session lasts for a
 * hundred of them, which may be less time than a dial takes; and a peer that waits for credit loses what it opens while
 * its session is closed.
 *
 * @param connection takes what the peer opens on them, such as the identify of go-libp2p
 * @returns gives the next fresh session, which is the caller's from then on; one that comes when the connection is over is
 *   closed already. Throws what `dial` throws
 */
export function sessionsAhead(connection: RenewableSession, dial: () => Promise<Session>): () => Promise<Session> {
  let over = false
  const ahead: Promise<Session>[] = []
  let rest: ReturnType<typeof setTimeout> | undefined

  const closeAll = (): void => {
    clearTimeout(rest)
    for (const coming of ahead.splice(0)) {
      coming.then(
        (session) => {
          session.close()
          connection.onLost?.()
        },
        () => {},
      )
    }
  }
  const take = (stream: SessionStream): void => {
    if (connection.onStream !== undefined) {
      connection.onStream(stream)
      return
    }
    stream.reset(0)
    stream.stopSending(0)
  }
  const host = async (): Promise<Session> => {
    const session = await dial()
    session.onStream = take
    return session
  }
  const keepUntilOver = async (coming: Promise<Session>): Promise<void> => {
    await coming.then(({ closed }) => closed).catch(() => {})
    const place = ahead.indexOf(coming)
    if (place === -1) return
    ahead.splice(place, 1)
    connection.onLost?.()
  }
  const fill = (): void => {
    while (ahead.length < AHEAD) {
      const coming = host()
      ahead.push(coming)
      void keepUntilOver(coming)
    }
    clearTimeout(rest)
    // No `Timer`: what is loaded on need shares no code with what every page loads.
    rest = setTimeout(closeAll, KEPT)
    // A number in browsers.
    if (typeof rest === 'object') rest.unref()
  }

  connection.closed.then(() => {
    over = true
    closeAll()
  })
  return async () => {
    const fresh = await (ahead.shift() ?? dial())
    if (over) fresh.close()
    else fill()
    return fresh
  }
}
