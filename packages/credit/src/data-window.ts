import { findMainOwnerOf, type MainOwner } from './holders.ts'
import type { LiveStream, StreamRecord } from './live-stream.ts'
import type { CreditLayer, Millis, Opener } from './types.ts'

/** Frames of the connection's flow control, or capsules of the session's: those that a writer sent, and those that gave it more. */
export interface DataFrames {
  /** DATA_BLOCKED of the writer. */
  readonly dataBlocked: number
  /** MAX_DATA of the other end. */
  readonly maxData: number
}

/** The numbers that prove that data waits for the window of the whole connection (RFC 9000, 4.1) or session (draft-ietf-webtrans-http3, 5.4). */
export interface DataProof {
  /** Whose window it is. */
  readonly layer: CreditLayer
  /** Who cannot write: 'us' because the peer reads nothing, 'them' because nobody reads here. */
  readonly writer: Opener
  readonly blockedFor: Millis
  /** Streams on which a write waits, or whose data nobody reads. */
  readonly streams: number
  readonly frames: DataFrames
  /** The oldest of those streams. */
  readonly oldest: LiveStream
  /** For how long that one has been open. */
  readonly oldestAge: Millis
  /** Who holds more than half of those streams; null when nobody does, or none has a name. */
  readonly owner: MainOwner | null
}

/** What is known of one direction's data at one layer. */
export interface DataEvidence {
  readonly layer: CreditLayer
  readonly writer: Opener
  /** Since when the writer has been blocked by this window, as far as can be told; null when it is not. */
  readonly blockedSince: Millis | null
  readonly frames: DataFrames
  /** The live streams; can be walked more than once. */
  readonly streams: Iterable<StreamRecord>
}

export interface DataFinding {
  readonly code: 'data-window'
  readonly harmless: false
  readonly proof: DataProof
  readonly summary: string
}

/** How long a look at the frames is fresh enough to say that what they count came after it. */
const FRESH: Millis = 50

/**
 * Whether one end's writes wait for the window of the connection. The engine counts frames and tells nothing of their
 * order, so it is looked at them when writes begin to wait, and what has come on top since tells which window it is.
 */
export class DataWatch {
  #seen: DataFrames = { dataBlocked: 0, maxData: 0 }
  #seenAt: Millis = Number.NEGATIVE_INFINITY
  #since: Millis | null = null
  /** When the last look was that had not yet seen that it is the connection's window. */
  #blockedSince: Millis | null = null

  /** A write begins to wait. @param frames asked for when the last look is too old */
  waits(now: Millis, frames: () => DataFrames): void {
    const others = this.#since !== null
    this.#since ??= now
    if (this.#blockedSince !== null || now - this.#seenAt < FRESH) return
    const seen = frames()
    if (others) this.#blockedSince = this.blockedSince(seen)
    this.#seen = seen
    this.#seenAt = now
  }

  /** A write that waited has room: whatever held it up, the connection's window did not. */
  moves(): void {
    this.#since = null
    this.#blockedSince = null
  }

  /** A write waits. */
  get waiting(): boolean {
    return this.#since !== null
  }

  /** Since when writes have waited for the window of the connection; null when they do not. */
  blockedSince(frames: DataFrames): Millis | null {
    if (this.#since === null || this.#blockedSince !== null) return this.#blockedSince
    return frames.dataBlocked > this.#seen.dataBlocked ? Math.max(this.#since, this.#seenAt) : null
  }

  /**
   * The same for a writer of whom only frames are known: since when one has said that it is blocked, with nothing given
   * since. Each call is a look.
   */
  look(frames: DataFrames, now: Millis): Millis | null {
    // With both there is no telling which came first; the next look may tell.
    if (frames.maxData > this.#seen.maxData) this.#since = null
    else if (frames.dataBlocked > this.#seen.dataBlocked) this.#since = now
    this.#seen = frames
    return this.#since
  }
}

/**
 * The trouble of one direction's data at one layer, if it has any.
 *
 * @param patience how long the credit for it may be on its way back
 * @param lossTime how much later our own data may get there, which has to be read first
 */
export function judgeData(
  evidence: DataEvidence,
  now: Millis,
  patience: Millis,
  lossTime: Millis,
): DataFinding | undefined {
  const { layer, writer, blockedSince, frames } = evidence
  const excused = writer === 'us' ? patience + lossTime : patience
  if (blockedSince === null || now - blockedSince < excused) return undefined
  const streams = [...evidence.streams].filter((stream) => (writer === 'us' ? stream.writeWaits : stream.unread))
  const [oldest] = streams
  if (oldest === undefined) return undefined
  const proof: DataProof = {
    layer,
    writer,
    blockedFor: now - blockedSince,
    streams: streams.length,
    frames,
    oldest: oldest.snapshot(),
    oldestAge: now - oldest.openedAt,
    owner: findMainOwnerOf(streams),
  }
  return { code: 'data-window', harmless: false, proof, summary: summarize(proof) }
}

function summarize({ layer, writer, blockedFor, streams, owner }: DataProof): string {
  const time = `${Math.round(blockedFor)} ms`
  const whose = owner === null ? '' : `; ${owner.streams} of them are ${owner.name}`
  const window = layer === 'quic' ? "the connection's window" : "the session's window (WT_MAX_DATA)"
  return writer === 'us'
    ? `no data could be written for ${time}: the peer gives no more room in ${window}, and ${streams} streams wait${whose}`
    : `the peer could write no data into ${window} for ${time}: ${streams} streams here have data that nobody reads${whose}`
}
