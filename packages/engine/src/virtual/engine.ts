import { EngineEndpoint } from '../endpoint.ts'
import type { Engine } from '../engine.ts'
import { loadAddon } from '../native-loader.ts'
import { VirtualNetwork } from './network.ts'
import { VirtualHost } from './virtual-host.ts'

/**
 * The engine of the addon without threads and sockets: endpoints of one `VirtualNetwork`, which decides what time it is
 * and what becomes of each datagram. Everything else is as in production, but that connections are numbered within the
 * network, so that a run can be repeated. For tests and the simulator.
 */
export function virtualEngine(network: VirtualNetwork = new VirtualNetwork()): Engine {
  return {
    name: 'quinn-proto 0.11.19, patched, on a virtual network',
    bind: async (options) => new EngineEndpoint(new VirtualHost(loadAddon(), network), options),
  }
}
