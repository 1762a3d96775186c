import type { FrameCounts, TransportOptions, TransportParameters } from '../engine.ts'

/** The options that this engine honours, with the defaults that `engine.ts` names. */
export interface MemoryTransport {
  readonly maxIncomingBidi: number
  readonly maxIncomingUni: number
  readonly streamReceiveWindow: number
  readonly receiveWindow: number
  readonly maxDatagramFrameSize: number
  readonly resetStreamAt: boolean
}

export function defaultTransport(options: TransportOptions): MemoryTransport {
  return {
    maxIncomingBidi: options.maxIncomingBidi ?? 256,
    maxIncomingUni: options.maxIncomingUni ?? 16,
    streamReceiveWindow: options.streamReceiveWindow ?? 2 * 1024 * 1024,
    receiveWindow: options.receiveWindow ?? 16 * 1024 * 1024,
    maxDatagramFrameSize: options.maxDatagramFrameSize ?? 65_535,
    resetStreamAt: options.resetStreamAt ?? true,
  }
}

export function transportParameters(transport: MemoryTransport): TransportParameters {
  return {
    maxIdleTimeout: 0,
    maxUdpPayloadSize: 65_527,
    initialMaxData: transport.receiveWindow,
    initialMaxStreamDataBidiLocal: transport.streamReceiveWindow,
    initialMaxStreamDataBidiRemote: transport.streamReceiveWindow,
    initialMaxStreamDataUni: transport.streamReceiveWindow,
    initialMaxStreamsBidi: transport.maxIncomingBidi,
    initialMaxStreamsUni: transport.maxIncomingUni,
    maxDatagramFrameSize: transport.maxDatagramFrameSize,
    activeConnectionIdLimit: 2,
    disableActiveMigration: true,
    resetStreamAt: transport.resetStreamAt,
  }
}

/** This engine has no frames to count. */
export const NO_FRAMES: FrameCounts = {
  maxStreamsBidi: 0,
  maxStreamsUni: 0,
  streamsBlockedBidi: 0,
  streamsBlockedUni: 0,
  maxData: 0,
  dataBlocked: 0,
  maxStreamData: 0,
  streamDataBlocked: 0,
  resetStream: 0,
  resetStreamAt: 0,
  stopSending: 0,
  stream: 0,
  datagram: 0,
}
