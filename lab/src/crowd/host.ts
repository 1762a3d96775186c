/**
 * The node that a crowd dials, as a process that does what JSON lines on its stdin ask for (commands.ts).
 * `node host.ts [BUDGET]`: streams beyond the floors; default: as the transport's.
 */
import { type WebTransportTransport, webTransport } from '@sluice/libp2p'
import { createLibp2p } from 'libp2p'
import { answerLines, type CommandHandlers, printLine } from '../node/lines.ts'
import { nodeMemory } from '../node/memory.ts'
import type { LabServices } from '../peers/libp2p/executor.ts'
import type { CrowdEvent, HostCommands } from './commands.ts'
import { greetAll } from './greeting.ts'
import { serveHolding } from './holding.ts'
import { liveStreams } from './live.ts'
import { NODE } from './node-options.ts'

/** A crowd comes from one address here, and at once. */
const CROWD = { maxConnections: 10_000, maxIncomingPendingConnections: 1_000, inboundConnectionThreshold: 1_000 }

const [budget] = process.argv.slice(2)
let transport: WebTransportTransport | undefined
const libp2p = await createLibp2p<LabServices>({
  addresses: { listen: ['/ip4/127.0.0.1/udp/0/quic-v1/webtransport'] },
  transports: [
    (components) => {
      transport = webTransport(budget === undefined ? {} : { governor: { budget: Number(budget) } })(components)
      return transport
    },
  ],
  connectionManager: CROWD,
  ...NODE,
})
await serveHolding(libp2p)
const event: CrowdEvent = { event: 'listening', addresses: libp2p.getMultiaddrs().map((address) => address.toString()) }
printLine(event)

const commands: CommandHandlers<HostCommands> = {
  credit: () => {
    if (transport === undefined) throw new RangeError('a node has its transport as soon as it is made')
    const { snapshot, options } = transport.governor
    return { ...snapshot, floor: options.floor.bidi, ceiling: options.ceiling.bidi }
  },
  greet: async ({ width }) => {
    const { services } = libp2p
    return await greetAll(
      libp2p.getConnections().map((connection) => ({ services, connection })),
      width,
    )
  },
  live: () => liveStreams(libp2p.getConnections()),
  memory: nodeMemory,
}
await answerLines<HostCommands>(async (command, options) => await commands[command](options))
await libp2p.stop()
