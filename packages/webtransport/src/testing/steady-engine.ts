import type { Connection, Engine } from '@sluice/engine'
import { watchedEngine } from '@sluice/engine/testing'
import { testEngine } from './pair.ts'

/**
 * The engine that tests run on, with connections that measure one and the same RTT, however busy the machine is: how long
 * credit may be under way follows from it.
 */
export function steadyEngine(show: (connection: Connection) => void = () => {}): Engine {
  return watchedEngine(testEngine(), (connection) => {
    const stats = connection.stats.bind(connection)
    connection.stats = () => ({ ...stats(), rtt: 1, rttVariation: 0 })
    show(connection)
  })
}
