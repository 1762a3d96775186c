import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { createLibp2p, type Libp2pOptions } from 'libp2p'
import type { CommandName, Commands, PeerEvent } from '../../peers/commands.ts'
import { Executor, type ExecutorOptions, type LabServices } from '../../peers/libp2p/executor.ts'

/** js-libp2p allows one stream each by default, and the lab asks while its own identify may still run. */
const AT_ONCE = { maxInboundStreams: 100, maxOutboundStreams: 100 }

type Transports = NonNullable<Libp2pOptions<LabServices>['transports']>
type EchoService = NonNullable<Libp2pOptions<{ echo: unknown }>['services']>['echo']

declare global {
  interface Window {
    /** Put there by the harness. */
    labReport?: (event: PeerEvent) => void
    /** What the harness calls; set once the node runs. */
    lab?: { request(command: CommandName, options: Commands[CommandName]['options']): Promise<unknown> }
  }
}

/**
 * Starts a libp2p node with these transports in the page and puts it under the harness's control.
 *
 * @param more services besides those that every page of the lab has
 */
export async function startPage(
  transports: Transports,
  echo: EchoService,
  options: ExecutorOptions = {},
  more: NonNullable<Libp2pOptions<Record<string, unknown>>['services']> = {},
): Promise<void> {
  const libp2p = await createLibp2p<LabServices & { echo: unknown }>({
    transports,
    // The default gater of a page refuses loopback addresses.
    connectionGater: { denyDialMultiaddr: () => false },
    // Its pings would hide what the transport itself notices.
    connectionMonitor: { enabled: false },
    // More than a browser lets be under way.
    connectionManager: { maxParallelDials: 100 },
    services: { identify: identify(AT_ONCE), ping: ping(AT_ONCE), echo, ...more },
  })
  const executor = new Executor(libp2p, options)
  await executor.start((event) => window.labReport?.(event))
  window.lab = { request: async (command, given) => await executor.execute(command, given) }
}
