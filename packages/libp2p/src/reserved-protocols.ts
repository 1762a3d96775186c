/**
 * Protocols whose streams keep a connection alive: identify, its push, ping and the ledger protocol. When an application
 * has used up the peer's stream limit, what is kept back of it is theirs.
 */
export const RESERVED_PROTOCOLS: ReadonlySet<string> = new Set([
  '/ipfs/id/1.0.0',
  '/ipfs/id/push/1.0.0',
  '/ipfs/ping/1.0.0',
  '/sluice/ledger/1.0.0',
])
