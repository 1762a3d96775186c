import { EngineEndpoint } from './endpoint.ts'
import type { Endpoint, EndpointOptions, Engine } from './engine.ts'
import { loadAddon } from './native-loader.ts'
import { ThreadHost } from './thread-host.ts'

/**
 * The engine of the addon: quinn-proto on a thread of its own for each endpoint.
 *
 * A bound endpoint keeps the process alive until it is closed, as a listening socket of `node:net` does. When the
 * process exits without closing, or a worker is terminated, every connection still gets its CONNECTION_CLOSE.
 */
export const quinnEngine: Engine = {
  name: 'quinn-proto 0.11.19, patched',
  async bind(options: EndpointOptions): Promise<Endpoint> {
    return new EngineEndpoint(new ThreadHost(loadAddon()), options)
  },
}
