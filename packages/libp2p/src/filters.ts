import type { Multiaddr } from '@multiformats/multiaddr'
import { WebTransport } from '@multiformats/multiaddr-matcher'
import { SluiceError } from '@sluice/credit'
import { dialTarget } from './address.ts'

/** The addresses that can be dialled: nothing behind `/webtransport` but one or two certhashes and a peer id. */
export function dialFilter(addresses: Multiaddr[]): Multiaddr[] {
  return addresses.filter((address) => {
    try {
      dialTarget(address)
      return true
    } catch (error) {
      if (error instanceof SluiceError) return false
      throw error
    }
  })
}

/** The addresses that can be listened on; certhashes in them are ours to say, not the user's. */
export function listenFilter(addresses: Multiaddr[]): Multiaddr[] {
  return addresses.filter((address) => WebTransport.exactMatch(address))
}
