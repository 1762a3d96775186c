import { type Millis, type PeerProfile, type PeerSigns, profileOf } from '@sluice/credit'
import type { Connection, Stream } from '@sluice/engine'
import { type Fields, fieldValue, type Settings } from '@sluice/h3'
import type { Clock } from '../clock.ts'
import { CarefulStream, needsCare } from './careful-stream.ts'

/** What the peer of a session has shown of itself, and the profile that follows from it. */
export class KnownPeer {
  readonly #clock: Clock
  #signs: PeerSigns
  #profile: PeerProfile

  /** @param requestHeaders fields of the CONNECT that the peer sent; none where it was ours */
  constructor(quic: Connection, clock: Clock, settings: Settings | undefined, requestHeaders: Fields) {
    this.#clock = clock
    this.#signs = {
      userAgent: fieldValue(requestHeaders, 'user-agent'),
      settings,
      transportParameters: quic.peerTransportParameters,
    }
    this.#profile = profileOf(this.#signs)
  }

  get profile(): PeerProfile {
    return this.#profile
  }

  /** The peer has told what it calls itself. */
  learn(agentVersion: string): void {
    this.#signs = { ...this.#signs, agentVersion }
    this.#profile = profileOf(this.#signs)
  }

  /** How long the peer needs with what was sent before it bears the end of the session. */
  get closeSettle(): Millis {
    const { goneStreams, settle } = this.#profile.strategy
    return goneStreams === 'left' ? settle : 0
  }

  /**
   * A stream of the engine's, in the way in which this peer has to be treated.
   *
   * @param headerLength bytes of our header, the first to be written; 0 where the peer opened the stream
   */
  handle(stream: Stream, headerLength: number): Stream {
    const { strategy } = this.#profile
    return needsCare(strategy) ? new CarefulStream(stream, strategy, this.#clock, headerLength) : stream
  }
}
