import type { Session, SessionStream } from '@sluice/webtransport'

/** More streams than a peer is likely to have open at once on the session that was replaced. */
const WEIGHT = 32

/** The first message of multistream-select, which commits nobody to anything. */
const HELLO = new TextEncoder().encode('\x13/multistream/1.0.0\n')

/**
 * Puts streams on a session only so that it has more of them than the one before. go-libp2p opens its streams on the
 * connection to a peer that has the most, and would stay with a session that was replaced for as long as that is in use.
 *
 * @returns what ends them
 */
export function weighDown(session: Session): () => void {
  const streams: SessionStream[] = []
  let over = false
  const add = async (): Promise<void> => {
    const stream = await session.openStream()
    stream.owner = 'ballast'
    stream.write(HELLO)
    streams.push(stream)
    if (over) end()
  }
  const end = (): void => {
    over = true
    for (const stream of streams.splice(0)) {
      stream.finish()
      stream.stopSending(0)
    }
  }
  // Without credit it is one stream less.
  for (let count = 0; count < WEIGHT; count += 1) add().catch(() => {})
  return end
}
