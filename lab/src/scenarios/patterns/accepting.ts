import type { Connection, Engine } from '@sluice/engine'
import { labEngine } from '../../engine.ts'

/** The engine, with each connection that it accepts shown before anything above has seen it. */
export function accepting(onConnection: (connection: Connection) => void): Engine {
  const below = labEngine()
  return {
    name: below.name,
    bind: (options) =>
      below.bind({
        ...options,
        onConnection: (connection) => {
          onConnection(connection)
          options.onConnection?.(connection)
        },
      }),
  }
}
