/**
 * The WebTransport transport of js-libp2p, for Node.js: listens and dials. In a bundle for browsers the `browser`
 * condition of this package takes the browser's own `WebTransport` instead, and only dials.
 *
 * ```ts
 * import { webTransport } from '@sluice/libp2p'
 *
 * const node = await createLibp2p({
 *   addresses: { listen: ['/ip4/0.0.0.0/udp/4001/quic-v1/webtransport'] },
 *   transports: [webTransport()],
 * })
 * ```
 *
 * @packageDocumentation
 */

import type { NodeWebTransportInit } from './node/options.ts'
import { WebTransportTransport } from './node/transport.ts'
import type { WebTransportComponents } from './types.ts'

/** The factory that js-libp2p takes; the same shape as that of `@libp2p/webtransport`. */
export function webTransport(
  init: NodeWebTransportInit = {},
): (components: WebTransportComponents) => WebTransportTransport {
  return (components) => new WebTransportTransport(components, init)
}

export { Governor, type GovernorOptions } from '@sluice/webtransport'
export { type Certhash, certhash, certhashes, certhashText, parseCerthash } from './certhash.ts'
export { renewWebTransportSession, webTransportCredit, webTransportSession } from './credit.ts'
export * from './errors.ts'
export type { AccountPair, LedgerComparison } from './ledger-protocol/compare.ts'
export type { EndLedger, LedgerAccount, LedgerStream } from './ledger-protocol/end-ledger.ts'
export {
  LEDGER_PROTOCOL,
  type LedgerComponents,
  type LedgerInit,
  SluiceLedger,
  sluiceLedger,
} from './ledger-protocol/service.ts'
export type { StreamLimits } from './limits.ts'
export type { NodeWebTransportInit, QuicOptions } from './node/options.ts'
export { WebTransportTransport } from './node/transport.ts'
export type { RecoveryOptions } from './recovery/recovery.ts'
export type * from './types.ts'
