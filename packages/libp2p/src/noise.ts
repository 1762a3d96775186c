import type { ComponentLogger, Logger, MessageStreamDirection, PeerId, PrivateKey, Upgrader } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import type { SessionStream } from '@sluice/webtransport'
import { HANDSHAKE_TYPE } from './address.ts'
import { type Certhash, isSubset } from './certhash.ts'
import { CerthashNotConfirmedError, PeerIdMismatchError } from './errors.ts'
import { DEFAULT_STREAM_LIMITS } from './limits.ts'
import { Stream } from './stream.ts'

/** How long the peer may take to end its half of the stream after Noise, in milliseconds. */
const FORGOTTEN_AFTER = 10_000

/** What Noise needs of the node. */
export interface NoiseComponents {
  readonly peerId: PeerId
  readonly privateKey: PrivateKey
  readonly logger: ComponentLogger
  readonly upgrader: Upgrader
}

export interface OutboundHandshake {
  readonly signal: AbortSignal
  readonly log: Logger
  /** The hashes that were dialled. */
  readonly certhashes: readonly Certhash[]
  readonly remotePeer: PeerId | undefined
}

export interface InboundHandshake {
  readonly signal: AbortSignal
  readonly log: Logger
  /** Every hash of ours that a client may have dialled: the last, the current and the next certificate. */
  readonly certhashes: readonly Certhash[]
}

/**
 * Proves who we are and learns who the peer is, over the first stream of the session (libp2p specs, webtransport:
 * Noise XX, the client begins, no multistream-select). The keys it makes are thrown away: QUIC encrypts already.
 *
 * @throws CerthashNotConfirmedError, PeerIdMismatchError, the errors of `@libp2p/noise`, the signal's reason
 */
export async function secureOutbound(
  components: NoiseComponents,
  wire: SessionStream,
  options: OutboundHandshake,
): Promise<PeerId> {
  const { certhashes, remotePeer, signal } = options
  return withStream(wire, 'outbound', options.log, async (stream) => {
    const secured = await noise()(components).secureOutbound(stream, {
      signal,
      skipStreamMuxerNegotiation: true,
      ...(remotePeer === undefined ? {} : { remotePeer }),
    })
    // A browser cannot tell which of the hashes it has used, so all of them must be the peer's.
    const confirmed = secured.remoteExtensions?.webtransportCerthashes ?? []
    const dialled = certhashes.map((hash) => hash.bytes)
    if (!isSubset(dialled, confirmed)) throw new CerthashNotConfirmedError()
    if (remotePeer !== undefined && !remotePeer.equals(secured.remotePeer)) {
      throw new PeerIdMismatchError(remotePeer.toString(), secured.remotePeer.toString())
    }
    return secured.remotePeer
  })
}

/** The server's side of `secureOutbound`; our certificate hashes ride in message 2. */
export async function secureInbound(
  components: NoiseComponents,
  wire: SessionStream,
  options: InboundHandshake,
): Promise<PeerId> {
  const extensions = { webtransportCerthashes: options.certhashes.map((hash) => hash.bytes) }
  return withStream(wire, 'inbound', options.log, async (stream) => {
    const secured = await noise({ extensions })(components).secureInbound(stream, {
      signal: options.signal,
      skipStreamMuxerNegotiation: true,
    })
    return secured.remotePeer
  })
}

/** Both halves of the handshake's stream end with it, whatever happens. */
async function withStream(
  wire: SessionStream,
  direction: MessageStreamDirection,
  log: Logger,
  handshake: (stream: Stream) => Promise<PeerId>,
): Promise<PeerId> {
  const stream = new Stream({
    id: HANDSHAKE_TYPE,
    wanted: HANDSHAKE_TYPE,
    wire,
    direction,
    log: log.newScope(HANDSHAKE_TYPE),
    limits: DEFAULT_STREAM_LIMITS,
    // Some peers forget this stream once Noise is done, and would keep its credit.
    inactivityTimeout: FORGOTTEN_AFTER,
  })
  try {
    const peer = await handshake(stream)
    await stream.close()
    // The server has said all that there is to say, and go-libp2p never ends its half.
    if (direction === 'outbound') await stream.closeRead()
    return peer
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}
