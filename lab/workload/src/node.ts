/** A Helia node on our Node transport as a process that does what JSON lines on its stdin ask for. */
import { webTransport } from '@sluice/libp2p'
import { answerLines, printLine } from '../../src/node/lines.ts'
import type { HeliaCommands, HeliaEvent } from '../../src/workload/commands.ts'
import { countStreams } from './count.ts'
import { HeliaPeer } from './helia.ts'

const peer = await HeliaPeer.start({ transports: [webTransport()], count: countStreams })
const event: HeliaEvent = { event: 'listening', peerId: peer.peerId }
printLine(event)
await answerLines<HeliaCommands>((command, options) => peer.request(command, options))
await peer.stop()
