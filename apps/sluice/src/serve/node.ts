import { isIPv6 } from 'node:net'
import { identify } from '@libp2p/identify'
import type { Libp2p, PrivateKey } from '@libp2p/interface'
import { ping } from '@libp2p/ping'
import { type GovernorOptions, type SluiceLedger, sluiceLedger, webTransport } from '@sluice/libp2p'
import { createLibp2p } from 'libp2p'
import { demo } from '../services/demo.ts'
import { echo } from '../services/echo.ts'
import { patientTransport } from '../services/patience.ts'
import { perf } from '../services/perf.ts'
import { listenError, withListenFailures } from './listen-error.ts'

export interface NodeOptions {
  readonly privateKey: PrivateKey
  readonly host: string
  readonly port: number
  readonly maxConnections: number
  readonly governor?: Partial<GovernorOptions>
}

/** The node, with what of its services the command uses. */
export type ServedNode = Libp2p<{ ledger: SluiceLedger }>

/**
 * Starts a libp2p node that listens on WebTransport and answers identify, ping, echo, perf, demo and the
 * ledger protocol.
 *
 * @throws PortInUseError, AddressNotAvailableError
 */
export async function startNode({
  privateKey,
  host,
  port,
  maxConnections,
  governor = {},
}: NodeOptions): Promise<ServedNode> {
  let failure: unknown
  const transport = withListenFailures(
    webTransport({ ...patientTransport, admission: { maxConnections }, governor }),
    (error) => {
      failure = error
    },
  )
  try {
    return await createLibp2p({
      privateKey,
      addresses: { listen: [`/${isIPv6(host) ? 'ip6' : 'ip4'}/${host}/udp/${port}/quic-v1/webtransport`] },
      transports: [transport],
      connectionManager: {
        maxConnections,
        // libp2p's standard values are a client's: 10 upgrades at once, 5 connections a second from one host. The
        // listener has admission limits of its own, which apply before any cryptography.
        maxIncomingPendingConnections: 1000,
        inboundConnectionThreshold: 1000,
      },
      services: {
        identify: identify(),
        ping: ping(),
        echo: echo(),
        perf: perf(),
        demo: demo(),
        ledger: sluiceLedger(),
      },
    })
  } catch (error) {
    throw listenError(failure ?? error, { host, port, protocol: 'UDP', hostFlag: '--host', portFlag: '--port' })
  }
}
