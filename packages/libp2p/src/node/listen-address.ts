import { getNetConfig, getThinWaistAddresses } from '@libp2p/utils'
import { CODE_CERTHASH, CODE_WEBTRANSPORT, type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { WebTransport } from '@multiformats/multiaddr-matcher'
import { type Certhash, certhashText } from '../certhash.ts'
import { CannotListenError } from '../errors.ts'

/** Where a listen address asks to bind. @throws CannotListenError */
export function bindTo(address: Multiaddr): { readonly host: string; readonly port: number } {
  const { type, host, port } = getNetConfig(address)
  if (!WebTransport.exactMatch(address) || port === undefined || (type !== 'ip4' && type !== 'ip6')) {
    throw new CannotListenError(`cannot listen on ${address}; try /ip4/0.0.0.0/udp/0/quic-v1/webtransport`)
  }
  return { host, port }
}

/** The addresses that a bound listener is reachable by: one for each interface when it listens on all. */
export function reachableAddresses(address: Multiaddr, port: number, hashes: readonly Certhash[]): Multiaddr[] {
  const suffix = `/quic-v1/webtransport${hashes.map((hash) => `/certhash/${certhashText(hash)}`).join('')}`
  return getThinWaistAddresses(address, port).map((thinWaist) => thinWaist.encapsulate(suffix))
}

/** The address of a peer that dialled us. */
export function dialerAddress(peer: { readonly host: string; readonly port: number }): Multiaddr {
  // A socket for both families shows IPv4 peers as mapped addresses (RFC 4291, 2.5.5.2).
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(peer.host)?.[1]
  const host = mapped ?? peer.host.replace(/%.*$/, '')
  return multiaddr(`/${host.includes(':') ? 'ip6' : 'ip4'}/${host}/udp/${peer.port}/quic-v1/webtransport`)
}

/**
 * Puts our certhashes into those of the user's announce addresses that are WebTransport ones, in place: js-libp2p
 * hands the same list in again and again, so hashes that came from us are renewed, and others are the user's.
 *
 * @param ours every hash text that was ever put in; this call adds to it
 */
export function announceCerthashes(addresses: Multiaddr[], hashes: readonly Certhash[], ours: Set<string>): void {
  const texts = hashes.map(certhashText)
  for (const [index, address] of addresses.entries()) {
    if (!WebTransport.exactMatch(address)) continue
    const components = address.getComponents()
    const present = components.filter(({ code }) => code === CODE_CERTHASH)
    if (present.some(({ value }) => value === undefined || !ours.has(value))) continue
    const rest = components.filter(({ code }) => code !== CODE_CERTHASH)
    const behind = rest.findIndex(({ code }) => code === CODE_WEBTRANSPORT) + 1
    rest.splice(behind, 0, ...texts.map((value) => ({ code: CODE_CERTHASH, name: 'certhash', value })))
    addresses[index] = multiaddr(rest)
  }
  for (const text of texts) ours.add(text)
}
