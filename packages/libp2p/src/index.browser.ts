/**
 * The WebTransport transport of js-libp2p, for browsers: dials. Same names as the entry for Node.js.
 *
 * @packageDocumentation
 */
import { WebTransportTransport } from './browser/transport.ts'
import type { WebTransportComponents, WebTransportInit } from './types.ts'

/** The factory that js-libp2p takes; the same shape as that of `@libp2p/webtransport`. */
export function webTransport(
  init: WebTransportInit = {},
): (components: WebTransportComponents) => WebTransportTransport {
  return (components) => new WebTransportTransport(components, init)
}

export { WebTransportTransport } from './browser/transport.ts'
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
export type { RecoveryOptions } from './recovery/recovery.ts'
export type * from './types.ts'
