/** A hasty node of ours as a process: `node node.ts listen` or `node node.ts dial`. */
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { webTransport, webTransportCredit, webTransportSession } from '@sluice/libp2p'
import { createLibp2p } from 'libp2p'
import { serveLines } from '../node/serve.ts'
import { Executor, type LabServices } from '../peers/libp2p/executor.ts'
import { hasty } from './hasty.ts'
import { abandon, openAndAbandon } from './service.ts'

const role = process.argv[2]
const libp2p = await createLibp2p<LabServices & { abandon: unknown }>({
  addresses: { listen: role === 'listen' ? ['/ip4/127.0.0.1/udp/0/quic-v1/webtransport'] : [] },
  transports: [webTransport(hasty)],
  connectionMonitor: { enabled: false },
  services: { identify: identify(), ping: ping(), abandon: abandon() },
})
const executor = new Executor(libp2p, {
  credit: webTransportCredit,
  verdict: (connection) => webTransportSession(connection)?.verdict,
  abandon: (connection, options, signal) =>
    openAndAbandon(connection, webTransportSession(connection), options, signal),
})
await serveLines(executor)
await libp2p.stop()
