/**
 * A node of ours as a process that does what JSON lines on its stdin ask for (lab/peers/README.md).
 * `node main.ts listen` or `node main.ts dial`.
 */
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { echo } from '@sluice/cli'
import {
  renewWebTransportSession,
  type WebTransportTransport,
  webTransport,
  webTransportCredit,
  webTransportSession,
} from '@sluice/libp2p'
import { createLibp2p } from 'libp2p'
import { Executor, type LabServices, openDeadline } from '../peers/libp2p/executor.ts'
import { nodeMemory } from './memory.ts'
import { keyAboutToRotate, passTime } from './rotation.ts'
import { serveLines } from './serve.ts'

/** js-libp2p allows one stream each by default, and the lab asks while its own identify may still run. */
const AT_ONCE = { maxInboundStreams: 100, maxOutboundStreams: 100 }

const role = process.argv[2]
let transport: WebTransportTransport | undefined
const libp2p = await createLibp2p<LabServices & { echo: unknown }>({
  addresses: { listen: role === 'listen' ? ['/ip4/127.0.0.1/udp/0/quic-v1/webtransport'] : [] },
  privateKey: await keyAboutToRotate(Date.now()),
  transports: [
    (components) => {
      transport = webTransport({ openDeadline })(components)
      return transport
    },
  ],
  // Its pings would hide what the transport itself notices.
  connectionMonitor: { enabled: false },
  connectionManager: { maxIncomingPendingConnections: 1000, inboundConnectionThreshold: 1000 },
  services: { identify: identify(AT_ONCE), ping: ping(AT_ONCE), echo: echo() },
})

const rotate = async (): Promise<void> => {
  passTime()
  // Looks at the clock again, as the transport's own timer would.
  transport?.start()
}
const executor = new Executor(libp2p, {
  credit: webTransportCredit,
  verdict: (connection) => webTransportSession(connection)?.verdict,
  onVerdict: (connection, listener) => void webTransportSession(connection)?.onVerdict(listener),
  renew: renewWebTransportSession,
  rotate,
  memory: nodeMemory,
})
await serveLines(executor)
await libp2p.stop()
