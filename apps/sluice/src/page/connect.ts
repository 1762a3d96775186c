import { identify } from '@libp2p/identify'
import type { Connection } from '@libp2p/interface'
import { ping } from '@libp2p/ping'
import { multiaddr } from '@multiformats/multiaddr'
import type { Millis } from '@sluice/credit'
import { type LedgerComparison, sluiceLedger, webTransport } from '@sluice/libp2p'
import { createLibp2p } from 'libp2p'
import { NoWebTransportError, PageServerError } from '../errors.ts'
import { echo } from '../services/echo.ts'
import { patientTransport } from '../services/patience.ts'

/** What the page's server says of its node. */
export interface NodeInfo {
  readonly peerId: string
  readonly addresses: readonly string[]
}

/** A page that is connected to its node. */
export interface Connected {
  readonly node: NodeInfo
  readonly peerId: string
  readonly connection: Connection
  /** From the start of the dial to the upgraded connection. */
  readonly milliseconds: Millis
  /** The node's ledger beside ours; null when the node does not show it. */
  ledger(): Promise<LedgerComparison | null>
  /** Ends the connection and everything that serves it. */
  stop(): Promise<void>
}

/**
 * Asks the page's server where its node is, and dials it with a fresh identity.
 *
 * @throws NoWebTransportError, PageServerError, what a dial throws
 */
export async function connect(): Promise<Connected> {
  if (typeof WebTransport === 'undefined') throw new NoWebTransportError(adviceWithoutWebTransport())
  const node = await fetchNode()
  const libp2p = await createLibp2p({
    transports: [webTransport(patientTransport)],
    services: { identify: identify(), ping: ping(), echo: echo(), ledger: sluiceLedger() },
    // libp2p's browser gater refuses loopback addresses, and the node beside this page has nothing else.
    connectionGater: { denyDialMultiaddr: () => false },
  })
  const begin = performance.now()
  const stop = async () => libp2p.stop()
  try {
    const connection = await libp2p.dial(node.addresses.map((address) => multiaddr(address)))
    const milliseconds = performance.now() - begin
    const ledger = async () => (await libp2p.services.ledger.compare(connection).catch(() => undefined)) ?? null
    return { node, peerId: libp2p.peerId.toString(), connection, milliseconds, ledger, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function fetchNode(): Promise<NodeInfo> {
  const response = await fetch('/node.json').catch((cause) => {
    throw new PageServerError('sluice serve does not answer any more: start it again and reload this page', { cause })
  })
  if (!response.ok) throw new PageServerError(`sluice serve answered ${response.status} when asked for its addresses`)
  return (await response.json()) as NodeInfo
}

function adviceWithoutWebTransport(): string {
  return isSecureContext
    ? 'This browser has no WebTransport. Use Chrome, Edge or another Chromium from 97 on, Firefox from 114 on, or Safari from 26.4 on.'
    : 'Browsers offer WebTransport only to secure pages: open this one as http://localhost or http://127.0.0.1, or over https.'
}
