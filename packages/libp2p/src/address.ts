import type { PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { getNetConfig } from '@libp2p/utils'
import { CODE_P2P, type Multiaddr } from '@multiformats/multiaddr'
import { WebTransport } from '@multiformats/multiaddr-matcher'
import { type Certhash, certhashes } from './certhash.ts'
import { InvalidAddressError } from './errors.ts'

/** Where every libp2p WebTransport server listens, and the one handshake there is (libp2p specs, webtransport). */
export const WELL_KNOWN_PATH = '/.well-known/libp2p-webtransport'
export const HANDSHAKE_TYPE = 'noise'

/**
 * What names a connection in the query of its sessions, so that a listener knows which one a fresh session belongs to.
 * Other listeners ignore it (docs/recovery.md).
 */
export const CONNECTION_PARAMETER = 'sluice-connection'

/** The target with the name of the connection that its session belongs to. */
export function named(target: DialTarget, name: string): DialTarget {
  return { ...target, url: `${target.url}&${CONNECTION_PARAMETER}=${name}` }
}

/** A multiaddr taken apart into what a dialler needs. */
export interface DialTarget {
  /** IP literal without brackets, or a name. */
  readonly host: string
  readonly port: number
  readonly url: string
  readonly certhashes: readonly Certhash[]
  /** Undefined when the address does not say whom it expects there. */
  readonly remotePeer: PeerId | undefined
}

/** @throws InvalidAddressError, MissingCerthashError, TooManyCerthashesError, InvalidCerthashError */
export function dialTarget(address: Multiaddr): DialTarget {
  // The hashes first: their errors say more than that the matcher, which counts them too, did not match.
  const hashes = certhashes(address)
  if (!WebTransport.exactMatch(address)) {
    throw new InvalidAddressError(`${address} is not /<host>/udp/<port>/quic-v1/webtransport/certhash/<hash>`)
  }
  const { host, port, type } = getNetConfig(address)
  if (port === undefined) throw new InvalidAddressError(`${address} has no UDP port`)
  const authority = `${type === 'ip6' ? `[${host}]` : host}:${port}`
  return {
    host,
    port,
    url: `https://${authority}${WELL_KNOWN_PATH}?type=${HANDSHAKE_TYPE}`,
    certhashes: hashes,
    remotePeer: remotePeer(address),
  }
}

function remotePeer(address: Multiaddr): PeerId | undefined {
  const value = address.getComponents().findLast((component) => component.code === CODE_P2P)?.value
  return value === undefined ? undefined : peerIdFromString(value)
}
