import type { WebTransportInit } from '@sluice/libp2p'

/** A transport that loses patience with forgotten streams at once, so that thousands of them can be waited for. */
export const hasty: WebTransportInit = {
  openDeadline: 20_000,
  // As few as a browser grants, so that a few hundred streams are several times as many.
  maxInboundStreams: 100,
  streamOptions: { inactivityTimeout: 1_000 },
  // A fresh session would hide what the old one lost.
  recovery: false,
  streamLimits: { linger: 100, drainTime: 500, drainBytes: 65_536 },
}
