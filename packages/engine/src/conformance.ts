import { afterEach, suite } from 'node:test'
import { closingSuite } from './conformance/closing.ts'
import { creditSuite } from './conformance/credit.ts'
import { datagramSuite } from './conformance/datagrams.ts'
import { endpointSuite } from './conformance/endpoints.ts'
import { flowControlSuite } from './conformance/flow-control.ts'
import { handshakeSuite } from './conformance/handshake.ts'
import { pathSuite } from './conformance/paths.ts'
import { resetSuite } from './conformance/resets.ts'
import { statisticsSuite } from './conformance/statistics.ts'
import { streamSuite } from './conformance/streams.ts'
import { verificationSuite } from './conformance/verification.ts'
import type { Endpoint, Engine } from './engine.ts'

/**
 * What every engine must do, as tests for `node:test`: each method and event of `engine.ts`, from both ends.
 *
 * An engine that passes can take the place of the addon. The suites of endpoints and paths need real sockets, and so are left out for an engine that has none.
 */
export function engineConformance(engine: Engine, options: { readonly sockets: boolean } = { sockets: true }): void {
  const suites: [string, (engine: Engine, exact: boolean) => void][] = [
    ['handshake', handshakeSuite],
    ['verification of the server', verificationSuite],
    ['streams', streamSuite],
    ['resets', resetSuite],
    ['credit', creditSuite],
    ['flow control', flowControlSuite],
    ['datagrams', datagramSuite],
    ['closing', closingSuite],
    ['statistics', statisticsSuite],
  ]
  if (options.sockets) suites.push(['endpoints', endpointSuite], ['paths', pathSuite])
  for (const [name, define] of suites) {
    suite(`${engine.name}: ${name}`, () => {
      const bound: Endpoint[] = []
      // Endpoints keep the process alive, so a test that fails must not leave any.
      afterEach(async () => {
        await Promise.all(bound.splice(0).map((endpoint) => endpoint.close()))
      })
      const kept: Engine = {
        name: engine.name,
        bind: async (endpointOptions) => {
          const endpoint = await engine.bind(endpointOptions)
          bound.push(endpoint)
          return endpoint
        },
      }
      // Without sockets there is no machine that could hold an acknowledgment up.
      define(kept, !options.sockets)
    })
  }
}
