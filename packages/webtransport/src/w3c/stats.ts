import type { WebTransportSession } from '../session/webtransport-session.ts'
import type { WebTransportDatagramDuplexStream } from './datagrams.ts'

/** W3C WebTransport, 6.11 and 6.12. Times in milliseconds. */
export interface WebTransportConnectionStats {
  readonly bytesSent: number
  readonly packetsSent: number
  readonly bytesLost: number
  readonly packetsLost: number
  readonly bytesReceived: number
  readonly packetsReceived: number
  readonly smoothedRtt: number
  readonly rttVariation: number
  readonly minRtt: number
  readonly datagrams: {
    readonly droppedIncoming: number
    readonly expiredIncoming: number
    readonly expiredOutgoing: number
    readonly lostOutgoing: number
  }
  readonly estimatedSendRate: number | null
  readonly atSendCapacity: boolean
}

/** What the engine tells; bytesSentOverhead and bytesAcknowledged it does not, so they are absent. */
export function connectionStats(
  session: WebTransportSession,
  datagrams: WebTransportDatagramDuplexStream,
): WebTransportConnectionStats {
  const stats = session.connectionStats()
  return {
    bytesSent: stats.bytesSent,
    packetsSent: stats.packetsSent,
    bytesLost: stats.bytesLost,
    packetsLost: stats.packetsLost,
    bytesReceived: stats.bytesReceived,
    packetsReceived: stats.packetsReceived,
    smoothedRtt: stats.rtt,
    rttVariation: stats.rttVariation,
    minRtt: stats.minRtt,
    datagrams: { ...datagrams.counts, lostOutgoing: stats.datagramsDropped },
    estimatedSendRate: null,
    atSendCapacity: false,
  }
}
