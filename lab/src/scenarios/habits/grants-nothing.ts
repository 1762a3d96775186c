import type { Connection } from '@sluice/engine'

/**
 * Takes the giving of bidi credit away from the connection, and from the governor above it, which would give it after
 * all. @returns what grants so many streams all the same
 */
export function grantsNothing(connection: Connection): (streams: number) => void {
  const grant = connection.grantStreams.bind(connection)
  connection.setMaxConcurrentStreams('bidi', 0)
  connection.setMaxConcurrentStreams = () => {}
  connection.grantStreams = () => {}
  return (streams) => grant('bidi', streams)
}
