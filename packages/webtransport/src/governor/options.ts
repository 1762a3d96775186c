import type { Millis, ReaperPolicy, StreamKind } from '@sluice/credit'

/** What a governor grants; `docs/limits.md` says what each costs and when to change it. */
export interface GovernorOptions {
  /** Streams beyond the floors that peers may hold on all connections together; default 32,768. */
  readonly budget: number
  /**
   * Streams that each peer may open at once, always; its limit at the start of the connection. Default 64 bidirectional
   * and 16 unidirectional. A smaller `transport.maxIncomingBidi` or `maxIncomingUni` is the floor too.
   */
  readonly floor: Readonly<Record<StreamKind, number>>
  /**
   * Streams that one peer may open at once, at most, where `transport.maxIncomingBidi` and `maxIncomingUni` do not say
   * it; default 256 of each kind.
   */
  readonly ceiling: Readonly<Record<StreamKind, number>>
  /** Time without need after which what is meant for a peer is halved, down to its floor; default 10,000 ms. */
  readonly idleTime: Millis
  /** Streams a second that a connection may use up; default: as fast as they come back. */
  readonly refillPerSecond: number
  /**
   * Streams a second that a connection may open for nothing: that it resets, or that never say what they are. Beyond it
   * their credit comes back later. Default 1,000, with a quarter of a second or a window saved up.
   */
  readonly wastedPerSecond: number
  /** As that, of all connections together; default 10,000. */
  readonly wastedPerSecondOfAll: number
  /**
   * How long streams may hold credit for nothing, in calm and while credit is scarce, and how many that the peer does not
   * let go of end the connection (ERR_STREAMS_NOT_RELEASED).
   */
  readonly reaper: ReaperPolicy
}

export const defaultGovernorOptions: GovernorOptions = {
  budget: 32_768,
  floor: { bidi: 64, uni: 16 },
  ceiling: { bidi: 256, uni: 256 },
  idleTime: 10_000,
  refillPerSecond: Number.POSITIVE_INFINITY,
  wastedPerSecond: 1_000,
  wastedPerSecondOfAll: 10_000,
  reaper: {
    calm: { accept: 60_000, halfOpen: 600_000, release: 60_000 },
    pressed: { accept: 10_000, halfOpen: 30_000, release: 10_000 },
    unreleased: 128,
  },
}
