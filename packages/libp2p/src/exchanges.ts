import type { MessageStreamDirection, Stream } from '@libp2p/interface'

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

const COMMON: Exchanges = {
  '/ipfs/id/1.0.0': { silent: 'outbound' },
  '/ipfs/id/push/1.0.0': ONE_WAY,
  '/ipfs/ping/1.0.0': {},
  '/ipfs/kad/1.0.0': {},
  '/ipfs/bitswap/1.2.0': ONE_WAY,
  '/meshsub/1.1.0': ONE_WAY,
  '/meshsub/1.2.0': ONE_WAY,
}

/** What is known of protocols, for streams on which STOP_SENDING spoils what is still to be read. */
export class KnownExchanges {
  readonly #exchanges: Exchanges

  /** @param own what the user knows besides, or better */
  constructor(own?: Exchanges) {
    this.#exchanges = { ...COMMON, ...own }
  }

  /** Whether the messages of a protocol tell their length, so that its end may be an unknown one. */
  tellLength(protocol: string): boolean {
    return this.#exchanges[protocol] !== undefined
  }

  /** Whether the end that has a protocol's streams in this direction writes nothing behind the negotiation. */
  isSilent(protocol: string, direction: MessageStreamDirection): boolean {
    return this.#exchanges[protocol]?.silent === direction
  }

  /**
   * Calls `finish` when a protocol is negotiated of which this end is the silent one: what is finished cannot be
   * stopped. js-libp2p writes the protocol down on the stream without a word.
   */
  finishWhereSilent(stream: Stream, finish: () => void): void {
    let { protocol } = stream
    Object.defineProperty(stream, 'protocol', {
      enumerable: true,
      get: () => protocol,
      set: (negotiated: string) => {
        protocol = negotiated
        if (this.isSilent(negotiated, stream.direction)) finish()
      },
    })
  }
}
