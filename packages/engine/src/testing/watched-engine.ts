import type { Connection, Engine } from '../engine.ts'

/** An engine that shows each connection, accepted or dialled, before anything above has it. For tests. */
export function watchedEngine(engine: Engine, show: (connection: Connection) => void): Engine {
  return {
    name: engine.name,
    bind: async (options) => {
      const endpoint = await engine.bind({
        ...options,
        onConnection: (connection) => {
          show(connection)
          options.onConnection?.(connection)
        },
      })
      const connect = endpoint.connect.bind(endpoint)
      endpoint.connect = (remote, request) => {
        const connection = connect(remote, request)
        show(connection)
        return connection
      }
      return endpoint
    },
  }
}
