import type { Connection } from '@libp2p/interface'
import type { LabServices } from '../peers/libp2p/executor.ts'
import { Tally } from '../peers/libp2p/tally.ts'
import { atOnce } from './at-once.ts'
import type { Greetings } from './commands.ts'

/** Longest time for a ping or an identify, the wait for a stream included. */
const GREET_WITHIN = 30_000

/** A connection, and the services of the node whose it is. */
export interface Acquaintance {
  readonly services: LabServices
  readonly connection: Connection
}

/** Ping and identify once on each connection, on `width` of them at a time. Never throws: errors are counted. */
export async function greetAll(acquaintances: readonly Acquaintance[], width: number): Promise<Greetings> {
  const failures = new Tally()
  const taken = { ping: [] as number[], identify: [] as number[] }
  const timed = async (what: keyof typeof taken, call: (signal: AbortSignal) => Promise<unknown>): Promise<void> => {
    const start = performance.now()
    try {
      await call(AbortSignal.timeout(GREET_WITHIN))
      taken[what].push(performance.now() - start)
    } catch (error) {
      failures.add(error)
    }
  }
  await atOnce(acquaintances, width, async ({ services, connection }) => {
    await timed('ping', (signal) => services.ping.ping(connection.remotePeer, { signal }))
    await timed('identify', (signal) => services.identify.identify(connection, { signal }))
  })
  return { ...taken, failures: failures.counts }
}
