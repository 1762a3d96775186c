import type { WebTransportSession } from '@sluice/webtransport'

/** libp2p has neither unidirectional streams nor datagrams: both are taken and dropped, so that no credit is stuck. */
export function refuseUnwanted(session: WebTransportSession): void {
  session.onUniStream = (stream) => stream.stopSending(0)
  session.onDatagram = () => {}
}
