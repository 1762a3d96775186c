import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Connection, MultiaddrConnection, Upgrader } from '@libp2p/interface'
import { defaultLogger } from '@libp2p/logger'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import type { WebTransportComponents } from '../types.ts'

/** An upgrader that upgrades nothing: enough for what the transport does before it. For tests. */
export function stubUpgrader(overrides: Partial<Upgrader> = {}): Upgrader {
  return {
    upgradeOutbound: async (): Promise<Connection> => {
      throw new Error('not upgraded in this test')
    },
    upgradeInbound: async (_connection: MultiaddrConnection): Promise<void> => {},
    createInboundAbortSignal: (signal) => Object.assign(AbortSignal.any([signal]), { clear() {} }),
    getStreamMuxers: () => new Map(),
    getConnectionEncrypters: () => new Map(),
    ...overrides,
  }
}

/** The components of a node with a key of its own. For tests. */
export async function nodeComponents(upgrader: Upgrader = stubUpgrader()): Promise<WebTransportComponents> {
  const privateKey = await generateKeyPair('Ed25519')
  return { peerId: peerIdFromPrivateKey(privateKey), privateKey, logger: defaultLogger(), upgrader }
}
