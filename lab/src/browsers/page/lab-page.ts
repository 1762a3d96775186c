import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { createLibp2p, type Libp2pOptions } from 'libp2p'
import type { CommandName, Commands, PeerEvent } from '../../peers/commands.ts'
import { Executor, type LabServices } from '../../peers/libp2p/executor.ts'

type Transports = NonNullable<Libp2pOptions<LabServices>['transports']>

declare global {
  interface Window {
    /** Put there by the harness. */
    labReport?: (event: PeerEvent) => void
    /** What the harness calls; set once the node runs. */
    lab?: { request(command: CommandName, options: Commands[CommandName]['options']): Promise<unknown> }
  }
}

/** Starts a libp2p node with these transports in the page and puts it under the harness's control. */
export async function startPage(transports: Transports): Promise<void> {
  const libp2p = await createLibp2p<LabServices>({
    transports,
    // The default gater of a page refuses loopback addresses.
    connectionGater: { denyDialMultiaddr: () => false },
    connectionMonitor: { enabled: false },
    services: { identify: identify(), ping: ping({ maxInboundStreams: 100, maxOutboundStreams: 100 }) },
  })
  const executor = new Executor(libp2p)
  await executor.start((event) => window.labReport?.(event))
  window.lab = { request: async (command, options) => await run(executor, command, options) }
}

async function run(executor: Executor, command: CommandName, options: object): Promise<unknown> {
  if (command === 'rotate') throw new RangeError('a page has no certificate')
  // The harness is ours: the options are those of the command.
  const carryOut = executor[command].bind(executor) as (options: object) => unknown
  return await carryOut(options)
}
