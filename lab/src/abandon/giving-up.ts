import type { Connection, NewStreamOptions, Stream } from '@libp2p/interface'

/** Opens streams, and stops waiting for most of them before it has them. */
export const GIVES_UP = 'gives up opening'

/** From that many milliseconds after its call on nobody gives an open up any more. */
const LATEST = 50

/**
 * Opens a stream and gives up at some moment, for each `turn` another one: before the call, in the turn of the call, while
 * the open waits for credit, while the protocol is negotiated, or too late.
 *
 * @throws what an open that was given up throws
 */
export async function openAndGiveUp(
  connection: Connection,
  protocol: string,
  options: NewStreamOptions,
  turn: number,
): Promise<Stream> {
  const giving = new AbortController()
  const moment = (turn % (LATEST + 2)) - 2
  if (moment === -2) giving.abort()
  const opening = connection.newStream(protocol, { ...options, signal: giving.signal })
  if (moment === -1) giving.abort()
  else setTimeout(() => giving.abort(), moment)
  return await opening
}
