import type { MessageStreamDirection } from '@libp2p/interface'

/**
 * What a protocol says on its streams, as far as it helps where STOP_SENDING spoils what is still to be read (Firefox, and
 * go-libp2p, which says it with every close).
 */
export interface Exchange {
  /**
   * The end that writes nothing behind the negotiation, by the direction that the stream has there. It finishes its half
   * with the negotiation, so that there is nothing left to be stopped.
   */
  readonly silent?: MessageStreamDirection
}

/**
 * Protocols whose messages say how long they are: who reads one sees when some of it is missing, so that an end of which
 * nobody knows how it came about costs nothing.
 */
export type Exchanges = Readonly<Record<string, Exchange>>

const ONE_WAY: Exchange = { silent: 'inbound' }

export const EXCHANGES: Exchanges = {
  '/ipfs/id/1.0.0': { silent: 'outbound' },
  '/ipfs/id/push/1.0.0': ONE_WAY,
  '/ipfs/ping/1.0.0': {},
  '/ipfs/kad/1.0.0': {},
  '/ipfs/bitswap/1.2.0': ONE_WAY,
  '/meshsub/1.1.0': ONE_WAY,
  '/meshsub/1.2.0': ONE_WAY,
}
