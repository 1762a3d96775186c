import type { RefillPolicy } from '../refill.ts'
import type { Millis } from '../types.ts'

/** Whose WebTransport it is. */
export type PeerFamily = 'chromium' | 'firefox' | 'safari' | 'go-libp2p' | 'sluice' | 'quinn' | 'js-libp2p' | 'unknown'

/** What a stack grants its peer when a connection begins; null where that is not known. */
export interface InitialLimits {
  readonly bidi: number | null
  readonly uni: number | null
}

/** How to treat a peer so that its faults do not bite. */
export interface PeerStrategy {
  /**
   * A stream that we opened and the peer has not answered is neither reset nor stopped until this time after its
   * opening has passed: the peer's page may not have been given it yet. Milliseconds; 0: at once.
   */
  readonly settle: Millis
  /**
   * 'each-half': a half can be cut off and the other goes on, as QUIC has it. 'both-halves': cutting one off spoils the
   * other, so that RESET_STREAM takes STOP_SENDING along, and STOP_SENDING waits for RESET_STREAM.
   */
  readonly cut: 'each-half' | 'both-halves'
  /**
   * 'late-fin': FIN right behind the header of a stream, with nothing between, ends the whole connection; it waits
   * until the peer has the header.
   */
  readonly emptyStream: 'fine' | 'late-fin'
  /**
   * What becomes of the streams of a session that we close. 'reset': they are, with WT_SESSION_GONE
   * (draft-ietf-webtrans-http3, 6). 'left': the end of the session harms a peer that has not worked off the end of a
   * stream; none is reset, the end comes `settle` after everything else, and they go with the connection.
   */
  readonly goneStreams: 'reset' | 'left'
  /** Largest application error code that arrives as it was sent. */
  readonly maxErrorCode: number
  /** In a page of this stack: what makes an incoming half end that nobody wants any more. */
  readonly cancel: 'stop-sending' | 'drain'
  /**
   * In a page of this stack: what shows that all that was written has arrived, so that closing the session cuts nothing
   * off. 'close': the writer's `close()` resolves. 'answer': that comes too early, and only the peer's end of its own half
   * tells.
   */
  readonly delivered: 'close' | 'answer'
  /**
   * In a page of this stack: what the peer's STOP_SENDING ends. 'both-halves': what was still to be read too, the peer's end
   * with it, and the credit of a stream that the peer opened is gone.
   */
  readonly stopEnds: 'sending' | 'both-halves'
  /**
   * In a page of this stack: how streams of the peer come to it. 'pulled': one that the page does not take stays with the
   * browser, and keeps its credit. 'pushed': all come, taken or not. 'may-wedge': as 'pushed', and where one is left the
   * browser may stop for good.
   */
  readonly incoming: 'pulled' | 'pushed' | 'may-wedge'
  /** In a page of this stack: what opens are without credit, at once rejected or left to hang until there is some. */
  readonly opens: 'rejected' | 'hang'
  /** In a page of this stack: whether the browser holds dials back, by a count of its own. */
  readonly dials: 'at-once' | 'throttled'
  /** Counts after which its credit runs dry for good: a fresh session must stand before. Absent: it never does. */
  readonly rotateAfter?: RotationBound
}

/** What one session carries before it is exchanged for a fresh one; what is absent has no bound. */
export interface RotationBound {
  /** Streams that we opened. */
  readonly streams?: number
  /** Bytes that we sent. */
  readonly bytes?: number
  /** Streams of the peer that are over and that the platform under this end never lets go. */
  readonly unreleased?: number
}

/** A stack, and how it is treated. */
export interface StackProfile {
  /** Stable; a label in logs and metrics. */
  readonly name: string
  readonly family: PeerFamily
  readonly strategy: PeerStrategy
}

/** A stack at the other end, and the credit that it grants. */
export interface PeerProfile extends StackProfile {
  readonly limits: InitialLimits
  readonly refill: RefillPolicy
}
