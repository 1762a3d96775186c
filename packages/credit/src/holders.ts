import type { LiveStream, StreamRecord } from './live-stream.ts'
import type { Millis } from './types.ts'

/** Why a live stream still holds its credit. */
export type HolderClass = 'notAccepted' | 'inUse' | 'sendOpen' | 'receiveOpen' | 'notReleased' | 'closing'

/** How many live streams hold credit, by reason. */
export interface Holders {
  /** The peer opened them and the application here has not taken them. */
  readonly notAccepted: number
  /** Every half they have is open. */
  readonly inUse: number
  /** All that is missing is that the application here finishes its half. */
  readonly sendOpen: number
  /** All that is missing is that the peer's half ends, or that the application reads its end. */
  readonly receiveOpen: number
  /** No half is open, and that for longer than it takes: the stacks have not let go. */
  readonly notReleased: number
  /** No half is open, since just now. */
  readonly closing: number
}

/** The holders, and the oldest stream of each class. */
export interface HolderCensus {
  readonly counts: Holders
  readonly oldest: ReadonlyMap<HolderClass, StreamRecord>
}

/** Counts live streams by what they wait for. @param patience how long stacks may take to let go of a stream */
export function countHolders(streams: Iterable<StreamRecord>, now: Millis, patience: Millis): HolderCensus {
  const counts = { notAccepted: 0, inUse: 0, sendOpen: 0, receiveOpen: 0, notReleased: 0, closing: 0 }
  const oldest = new Map<HolderClass, StreamRecord>()
  for (const stream of streams) {
    const holder = classify(stream, now, patience)
    counts[holder] += 1
    const known = oldest.get(holder)
    if (known === undefined || stream.openedAt < known.openedAt) oldest.set(holder, stream)
  }
  return { counts, oldest }
}

function classify(stream: LiveStream, now: Millis, patience: Millis): HolderClass {
  const { send, receive, closedAt, acceptedAt } = stream
  if (closedAt !== null) return now - closedAt >= patience ? 'notReleased' : 'closing'
  if (acceptedAt === null) return 'notAccepted'
  // A half that the stream does not have is not one that was ended.
  const sends = send === 'open' || send === null
  const receives = receive === 'open' || receive === null
  if (sends && receives) return 'inUse'
  return send === 'open' ? 'sendOpen' : 'receiveOpen'
}
