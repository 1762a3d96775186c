// biome-ignore lint/style/noRestrictedImports: a peer that never gives credit back can only be made at the engine
import { quinnEngine } from '@sluice/engine'
import type { NodeWebTransportInit } from '../node/options.ts'

type Engine = NonNullable<NodeWebTransportInit['engine']>
type Accepted = Parameters<NonNullable<Parameters<Engine['bind']>[0]['onConnection']>>[0]

/** The real engine, of which each accepted connection goes through `changed` first. For tests. */
export function changedEngine(changed: (connection: Accepted) => void): Engine {
  return {
    name: quinnEngine.name,
    bind: (options) =>
      quinnEngine.bind({
        ...options,
        onConnection: (connection) => {
          changed(connection)
          options.onConnection?.(connection)
        },
      }),
  }
}

/** Never raises the limit on bidirectional streams again, whatever the governor wants. */
export function withhold(connection: Accepted): void {
  connection.setMaxConcurrentStreams('bidi', 0)
  Object.assign(connection, { setMaxConcurrentStreams() {}, grantStreams() {} })
}

/** The real engine, but that a listener never raises the limit on bidirectional streams that it began with. For tests. */
export function withholdingEngine(): Engine {
  return changedEngine(withhold)
}
