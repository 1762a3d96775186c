import type { Millis } from './types.ts'

/** What a connection has measured of its path (RFC 9002, 5.3). */
export interface PathStats {
  readonly rtt: Millis
  readonly rttVariation: Millis
  /** Since the connection began. */
  readonly packetsSent: number
  /** Of them, those that were taken to be lost. */
  readonly packetsLost: number
}

/** Time for work that needs no round trip. */
const WORK: Millis = 200

/** For how long an end that keeps to the default holds an acknowledgment back (RFC 9000, 18.2). */
const MAX_ACK_DELAY: Millis = 25

/** The least that RTTs are taken to vary (RFC 9002, 6.1.2). */
const GRANULARITY: Millis = 1

/** How often the same thing is lost in a row: where little is lost, and at most, for what is reordered is taken for lost too. */
const LOSSES = { least: 2, most: 3 }

/** So seldom may it be lost once more than it is waited for. */
const SELDOM = 1e-4

/** A packet of the first few that is lost says little of those that follow. */
const FIRST_FEW = 100

/**
 * How long credit may be under way before its absence means something: there and back, and lost on the way as often as
 * this path makes likely. It may be a capsule, which waits in order behind whatever else was lost of its stream.
 */
export function patienceFor(path: PathStats): Millis {
  return WORK + path.rtt + lossTimeFor(path)
}

/** How much later something arrives that is lost as often in a row as this path makes likely, twice at least. */
export function lossTimeFor(path: PathStats): Millis {
  const { rtt, rttVariation } = path
  const probeTimeout = rtt + Math.max(4 * rttVariation, GRANULARITY) + MAX_ACK_DELAY
  // Each timeout is twice as long as the one before (RFC 9002, 6.2.1).
  return (2 ** likelyLosses(path) - 1) * probeTimeout
}

function likelyLosses({ packetsSent, packetsLost }: PathStats): number {
  if (packetsLost === 0) return LOSSES.least
  const share = packetsLost / (packetsSent + FIRST_FEW)
  return Math.min(LOSSES.most, Math.max(LOSSES.least, Math.ceil(Math.log(SELDOM) / Math.log(share))))
}
