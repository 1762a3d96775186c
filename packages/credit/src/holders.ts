import type { LiveStream, StreamRecord } from './live-stream.ts'
import type { Millis } from './types.ts'

/** Why a live stream still holds its credit. */
export type HolderClass = 'notAccepted' | 'inUse' | 'sendOpen' | 'receiveOpen' | 'notReleased' | 'closing'

/** How many live streams hold credit, by reason. */
export interface Holders {
  /**
   * The peer opened them and the application here has not taken them; or we did, and the peer has said nothing on them
   * for longer than it takes, where whoever takes one says something at once.
   */
  readonly notAccepted: number
  /** Every half they have is open, or one is left and something moved on the stream just now. */
  readonly inUse: number
  /** All that is missing is that the application here finishes its half, and nothing moves. */
  readonly sendOpen: number
  /** All that is missing is that the peer's half ends, or that the application reads its end, and nothing moves. */
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
  /** How many streams of each class an owner has; those without a name are left out. */
  readonly owners: ReadonlyMap<HolderClass, ReadonlyMap<string, number>>
}

/** Who holds more than half of some streams. */
export interface MainOwner {
  readonly name: string
  readonly streams: number
}

/** The owner of more than half of some streams, if there is one. */
export function findMainOwnerOf(streams: readonly LiveStream[]): MainOwner | null {
  const byName = new Map<string, number>()
  for (const { owner } of streams) if (owner !== null) byName.set(owner, (byName.get(owner) ?? 0) + 1)
  return majority(byName, streams.length)
}

/** The owner of more than half of the streams of these classes, if there is one. */
export function findMainOwner({ counts, owners }: HolderCensus, classes: readonly HolderClass[]): MainOwner | null {
  let all = 0
  const byName = new Map<string, number>()
  for (const holder of classes) {
    all += counts[holder]
    for (const [name, streams] of owners.get(holder) ?? []) byName.set(name, (byName.get(name) ?? 0) + streams)
  }
  return majority(byName, all)
}

function majority(byName: ReadonlyMap<string, number>, all: number): MainOwner | null {
  for (const [name, streams] of byName) if (streams * 2 > all) return { name, streams }
  return null
}

/**
 * Counts live streams by what they wait for.
 *
 * @param streams oldest first
 * @param patience how long stacks, and answers that are coming, may take
 */
export function countHolders(streams: Iterable<StreamRecord>, now: Millis, patience: Millis): HolderCensus {
  const counts = { notAccepted: 0, inUse: 0, sendOpen: 0, receiveOpen: 0, notReleased: 0, closing: 0 }
  const oldest = new Map<HolderClass, StreamRecord>()
  const owners = new Map<HolderClass, Map<string, number>>()
  for (const stream of streams) {
    const holder = classify(stream, now, patience)
    counts[holder] += 1
    if (!oldest.has(holder)) oldest.set(holder, stream)
    if (stream.owner !== null) countOwner(owners, holder, stream.owner)
  }
  return { counts, oldest, owners }
}

function countOwner(owners: Map<HolderClass, Map<string, number>>, holder: HolderClass, name: string): void {
  const known = owners.get(holder) ?? new Map<string, number>()
  owners.set(holder, known.set(name, (known.get(name) ?? 0) + 1))
}

function classify(stream: StreamRecord, now: Millis, patience: Millis): HolderClass {
  const { send, receive, closedAt, acceptedAt, movedAt } = stream
  if (closedAt !== null) return now - closedAt >= patience ? 'notReleased' : 'closing'
  if (acceptedAt === null || (stream.unanswered && now - stream.openedAt >= patience)) return 'notAccepted'
  // A half that the stream does not have is not one that was ended.
  const sends = send === 'open' || send === null
  const receives = receive === 'open' || receive === null
  if (sends && receives) return 'inUse'
  // Half of an exchange is over before the other half: a request is finished while its answer is on its way.
  if (now - movedAt < patience) return 'inUse'
  return send === 'open' ? 'sendOpen' : 'receiveOpen'
}
