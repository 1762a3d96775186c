import type { ConnectionStats, FrameCounts } from './engine.ts'

const FRAME_KINDS = [
  'maxStreamsBidi',
  'maxStreamsUni',
  'streamsBlockedBidi',
  'streamsBlockedUni',
  'maxData',
  'dataBlocked',
  'maxStreamData',
  'streamDataBlocked',
  'resetStream',
  'resetStreamAt',
  'stopSending',
  'stream',
  'datagram',
] as const satisfies readonly (keyof FrameCounts)[]

const PATH_FIELDS = 12

/** Names the numbers of `NativeEndpoint.connectionStats`. */
export function toConnectionStats(numbers: Float64Array): ConnectionStats {
  const at = (index: number): number => numbers[index] ?? 0
  return {
    rtt: at(0),
    minRtt: at(1),
    rttVariation: at(2),
    congestionWindow: at(3),
    pathMtu: at(4),
    packetsSent: at(5),
    packetsReceived: at(6),
    packetsLost: at(7),
    bytesSent: at(8),
    bytesReceived: at(9),
    bytesLost: at(10),
    datagramsDropped: at(11),
    frames: {
      sent: frameCounts(numbers, PATH_FIELDS),
      received: frameCounts(numbers, PATH_FIELDS + FRAME_KINDS.length),
    },
  }
}

function frameCounts(numbers: Float64Array, start: number): FrameCounts {
  const counts = FRAME_KINDS.map((kind, index) => [kind, numbers[start + index] ?? 0] as const)
  return Object.fromEntries(counts) as { [Kind in (typeof FRAME_KINDS)[number]]: number }
}
