import type { LiveStream } from '../live-stream.ts'
import type { Millis } from '../types.ts'

/** How long a stream may hold credit for nothing. */
export interface ReapTimes {
  /** A stream that the peer opened and that nobody takes. */
  readonly accept: Millis
  /** A stream with one half over, on whose other half nothing moves, and one whose last bytes the peer does not take. */
  readonly halfOpen: Millis
  /** A stream that is over here, and whose peer does not answer the stop or acknowledge the reset. */
  readonly release: Millis
}

export interface ReaperPolicy {
  readonly calm: ReapTimes
  /** While credit is scarce. */
  readonly pressed: ReapTimes
  /** Streams past `release` at once from which on their connection is of no more use, and to be closed. */
  readonly unreleased: number
}

/** What a stream is overdue for. */
export type Overdue = 'not-accepted' | 'half-open' | 'not-delivered' | 'not-released'

/** Effects of a sweep. */
export interface Reaping {
  /** Both halves of these are to be ended, oldest first. */
  readonly end: readonly { readonly id: number; readonly overdue: Exclude<Overdue, 'not-released'> }[]
  /** Streams past `release`: both halves were ended, and the peer has not let go. */
  readonly unreleased: number
}

/** Streams ended in one sweep at most; what is left is for the next. */
const MOST_AT_ONCE = 1_000

/**
 * Finds the streams of one connection that hold credit for nothing. It looks at them when it is told to, and takes what
 * it saw the time before to know whether anything moved.
 */
export class StreamReaper {
  readonly #policy: ReaperPolicy
  /** Streams of which a half is left: how many bytes that had carried, and when that was first seen. */
  #seen = new Map<number, { readonly bytes: number; readonly at: Millis }>()

  constructor(policy: ReaperPolicy) {
    this.#policy = policy
  }

  /**
   * Looks at all live streams.
   *
   * @param pressed credit is scarce
   * @param acknowledged bytes of a stream that the peer has acknowledged
   */
  sweep(streams: Iterable<LiveStream>, now: Millis, pressed: boolean, acknowledged: (id: number) => number): Reaping {
    const times = pressed ? this.#policy.pressed : this.#policy.calm
    const found: { id: number; openedAt: Millis; overdue: Exclude<Overdue, 'not-released'> }[] = []
    const before = this.#seen
    this.#seen = new Map()
    const idle = (id: number, bytes: number): boolean => {
      const last = before.get(id)
      const seen = last?.bytes === bytes ? last : { bytes, at: now }
      this.#seen.set(id, seen)
      return now - seen.at >= times.halfOpen
    }
    let unreleased = 0
    for (const stream of streams) {
      const overdue = judge(stream, times, now, idle, acknowledged)
      if (overdue === 'not-released') unreleased += 1
      else if (overdue !== undefined) found.push({ id: stream.id, openedAt: stream.openedAt, overdue })
    }
    found.sort((one, other) => one.openedAt - other.openedAt)
    return {
      end: found.slice(0, MOST_AT_ONCE).map(({ id, overdue }) => ({ id, overdue })),
      unreleased,
    }
  }
}

/** @param idle whether nothing has moved for too long since so many bytes */
function judge(
  stream: LiveStream,
  times: ReapTimes,
  now: Millis,
  idle: (id: number, bytes: number) => boolean,
  acknowledged: (id: number) => number,
): Overdue | undefined {
  const { id, acceptedAt, openedAt, closedAt, send } = stream
  if (send === 'finished' && stream.receive !== 'open') return idle(id, acknowledged(id)) ? 'not-delivered' : undefined
  if (closedAt !== null) return now - closedAt >= times.release ? 'not-released' : undefined
  if (acceptedAt === null) return now - openedAt >= times.accept ? 'not-accepted' : undefined
  if (!isHalfOpen(stream)) return undefined
  return idle(id, stream.bytesRead + stream.bytesWritten) ? 'half-open' : undefined
}

/** One of two halves is over. A stream that has only one half is either open or over. */
function isHalfOpen({ send, receive }: LiveStream): boolean {
  return send !== null && receive !== null && (send === 'open') !== (receive === 'open')
}
