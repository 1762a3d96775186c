import type { Millis } from '@sluice/credit'
import type { Session, SessionStream } from '@sluice/webtransport'

/** More streams than a peer is likely to have open at once on the session that was replaced. */
const WEIGHT = 32

/** A peer that stops a stream sooner wants none. */
const SHORTEST: Millis = 1_000

/** The first message of multistream-select, which commits nobody to anything. */
const HELLO = new TextEncoder().encode('\x13/multistream/1.0.0\n')

/**
 * Puts streams on a session only so that it has more of them than the one before. go-libp2p opens its streams on the
 * connection to a peer that has the most, and would stay with a session that was replaced for as long as that is in use.
 * It gives a stream ten seconds to negotiate, so another takes the place of each that it stops.
 *
 * @returns what ends them
 */
export function weighDown(session: Session): () => void {
  const streams = new Set<SessionStream>()
  let over = false
  const add = async (): Promise<void> => {
    const stream = await session.openStream()
    const opened = session.now()
    stream.owner = 'ballast'
    stream.events = {
      stopped: () => {
        stream.stopSending(0)
        if (streams.delete(stream) && session.now() - opened >= SHORTEST) add().catch(() => {})
      },
    }
    stream.write(HELLO)
    streams.add(stream)
    if (over) end()
  }
  const end = (): void => {
    over = true
    for (const stream of streams) {
      streams.delete(stream)
      stream.finish()
      stream.stopSending(0)
    }
  }
  // Without credit it is one stream less.
  for (let count = 0; count < WEIGHT; count += 1) add().catch(() => {})
  return end
}
