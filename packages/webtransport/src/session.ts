import type {
  CreditSnapshot,
  LiveStream,
  Millis,
  Opener,
  OtherEnd,
  StackProfile,
  StreamKind,
  StreamOwner,
  Verdict,
} from '@sluice/credit'

/**
 * A WebTransport session as the layers above see it: plain objects, callbacks, pulled reads and accepts. Two
 * implementations: this package's over the QUIC engine, and `@sluice/libp2p`'s over a browser's `WebTransport`.
 */
export interface Session {
  /**
   * Called with each stream that the peer opened. Until it is set, streams are held and their credit stays with us;
   * unset it to hold again.
   */
  onStream: ((stream: SessionStream) => void) | undefined
  /** Settles once, never rejects: how the session ended, seen from here. */
  readonly closed: Promise<SessionEnd>
  /** Settles when the peer asks to wind down (DRAIN or GOAWAY); never where the platform does not tell. */
  readonly draining: Promise<void>
  /**
   * Opens a bidirectional stream; waits for credit.
   *
   * @throws NoStreamCreditError after the deadline, or with the signal's reason as its cause when that is a timeout;
   *   SessionClosedError, the signal's reason
   */
  openStream(options?: OpenStreamOptions): Promise<SessionStream>
  /** Ends the session in order: CLOSE capsule, then the connection once the peer has seen it (draft-ietf-webtrans-http3, 6). */
  close(info?: SessionCloseInfo): void
  /** Ends the session and its connection at once. */
  abort(code: number, reason: string): void
  /** Stream credit, now: exact over our engine, our own count in a browser. */
  readonly credit: CreditSnapshot
  /** The streams that hold credit now, oldest first. @param max how many at most; default 100 */
  liveStreams(max?: number): readonly LiveStream[]
  /** Now, by the clock of the times in `credit`, `verdict` and `liveStreams`. */
  now(): Millis
  /** Called each time that the last live data stream is gone. */
  onIdle: (() => void) | undefined
  /**
   * Streams of the peer that are over for both ends and that the platform under this one never lets go: they count in
   * `credit` as live, and their credit is gone for good. None where the engine is ours.
   */
  readonly unreleased: number
  /** Called each time that there is one more of these. */
  onUnreleased: (() => void) | undefined
  /** Fails the opens that wait for credit, with this error; those that come later wait as before. */
  failWaiting(reason: Error): void
  /** Asks for a sign of life: PING, and a new try to open what waits; nothing where the platform has no such thing. */
  nudge(): void
  /** Asks the peer to wind the session down (DRAIN); nothing where the platform has no such thing. */
  drain(): void
  /** What the streams suffer from, now, if anything; null where that cannot be told, as in a browser. */
  readonly verdict: Verdict | null
  /**
   * Calls `listener` when something begins to be wrong, within a second where the peer is near, when it changes, and
   * when it is over; the end of the session is told by `closed` alone. Returns what ends it.
   */
  onVerdict(listener: (verdict: Verdict) => void): () => void
  /** The other end has said what it counts; it makes verdicts exact where our own count is not. */
  hear(counts: OtherCounts): void
  /** The stack whose ways count here, as far as it has shown itself: the peer's, or in a page the browser's own. */
  readonly profile: StackProfile
  /** The peer called itself this (identify of libp2p); streams from now on are treated as its profile wants it. */
  learn(agentVersion: string): void
}

/** What the other end counts of the streams that we call `us` and `them`. */
export type OtherCounts = Readonly<Record<Opener, Omit<OtherEnd, 'heardAt' | 'undeliveredSince'>>>

export interface OpenStreamOptions {
  /** Gives up waiting; a stream that opens after that is closed on both halves by the session. */
  readonly signal?: AbortSignal
  /** Longest wait for credit; default 10,000 ms. */
  readonly deadline?: Millis
  /**
   * May use the streams that are kept back, and goes ahead of other opens that wait: for the few streams that keep a
   * connection alive when an application has used up the rest. Default false.
   */
  readonly reserved?: boolean
  /**
   * Whoever takes the stream at the other end says something on it at once, as negotiation wants it; so where nothing
   * comes, nobody took it, and a verdict can say so. Default false.
   */
  readonly answered?: boolean
  /**
   * All that is said on the stream is written in the turn in which the first byte is, and all that comes is the answer to
   * it: it may be asked again where the platform loses the answer. Default false.
   */
  readonly question?: boolean
}

export interface SessionCloseInfo {
  /** Application code, 32 bits; default 0. */
  readonly closeCode?: number
  /** At most 1,024 bytes of UTF-8 reach the peer; default ''. */
  readonly reason?: string
}

/** How a session ended. 'clean': a CLOSE capsule or FIN, by either side. 'lost': the connection ended under it. */
export type SessionEnd =
  | { readonly kind: 'clean'; readonly remote: boolean; readonly closeCode: number; readonly reason: string }
  | { readonly kind: 'lost'; readonly remote: boolean; readonly error: Error }

/** The code of a reset or stop: as the application gave it, and raw as it was on the wire. */
export interface StreamCode {
  /** Application code; undefined when the raw code is outside the WebTransport range (then the session is mostly gone). */
  readonly app: number | undefined
  /** HTTP/3 code; undefined where the platform hides it. */
  readonly raw: number | undefined
}

export interface SessionStreamEvents {
  /** There is something to read, or the receive half ended. Fired again only after `read` returned undefined. */
  readable?(): void
  /** After a short `write`: there is room again. */
  writable?(): void
  /** The peer sent STOP_SENDING; the session has already reset the send half with the same code (RFC 9000, 3.5). */
  stopped?(code: StreamCode): void
  /** All that was written and the FIN are acknowledged (in a browser: handed over). */
  finished?(): void
  /** The session ended under the stream; both halves are gone. The last callback. */
  lost?(): void
}

/** One stream of a session. Neither half may be left open: whoever holds the stream ends both (docs/architecture.md). */
export interface SessionStream {
  /** QUIC stream id; undefined where the platform hides it. */
  readonly id: number | undefined
  readonly kind: StreamKind
  readonly opener: Opener
  /** What the application calls it, such as a libp2p protocol id: the ledger shows it. */
  get owner(): string | undefined
  set owner(owner: string | StreamOwner | undefined)
  events: SessionStreamEvents
  /** State of the receive half as the reader sees it: what was delivered, not what has arrived. */
  readonly receiveState: 'open' | 'ended' | 'reset' | 'stopped' | 'spoiled' | 'lost'
  /** Set once `receiveState` is 'reset'. */
  readonly resetCode: StreamCode | undefined
  /** Set once the peer sent STOP_SENDING. */
  readonly stopCode: StreamCode | undefined
  /** Next bytes in order, at most `max` where the platform lets us choose; undefined: nothing now, look at `receiveState`. */
  read(max?: number): Uint8Array | undefined
  /** Says how many bytes were taken (they are copied); a short count is followed by `writable`. 0 after a stop or reset. */
  write(data: Uint8Array): number
  /** FIN after what was written. */
  finish(): void
  /** Resets the send half with an application code; RESET_STREAM_AT with the stream's header wherever the peer offers it. */
  reset(code: number): void
  /** STOP_SENDING with an application code; what waits unread is thrown away. */
  stopSending(code: number): void
}
