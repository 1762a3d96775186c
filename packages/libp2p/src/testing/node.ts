import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { createLibp2p, type Libp2p } from 'libp2p'
import { sluiceLedger, WebTransportTransport } from '../index.ts'
import type { CertificateSource } from '../node/certificates/source.ts'
import type { NodeWebTransportInit } from '../node/options.ts'

export const LISTEN = '/ip4/127.0.0.1/udp/0/quic-v1/webtransport'

export interface NodeOptions {
  readonly listen?: readonly string[]
  readonly announce?: readonly string[]
  readonly init?: NodeWebTransportInit
  readonly privateKey?: PrivateKey
  readonly certificates?: CertificateSource
  /** With the ledger service, whose deadline is short; default false. */
  readonly ledger?: boolean
}

/** A libp2p node that speaks WebTransport only. */
export async function node(options: NodeOptions = {}): Promise<Libp2p> {
  return createLibp2p({
    privateKey: options.privateKey ?? (await generateKeyPair('Ed25519')),
    addresses: { listen: [...(options.listen ?? [LISTEN])], announce: [...(options.announce ?? [])] },
    transports: [(components) => new WebTransportTransport(components, options.init ?? {}, options.certificates)],
    ...(options.ledger === true ? { services: { ledger: sluiceLedger({ deadline: 2_000 }) } } : {}),
    connectionEncrypters: [noise()],
    connectionGater: { denyDialMultiaddr: () => false },
    connectionManager: { inboundConnectionThreshold: 1_000, maxIncomingPendingConnections: 1_000 },
  })
}

/** The first address of a node, certhashes and peer id included. */
export function addressOf(listening: Libp2p) {
  const address = listening.getMultiaddrs()[0]
  if (address === undefined) throw new TypeError('the node listens nowhere')
  return address
}
