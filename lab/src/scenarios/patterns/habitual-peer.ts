import type { Connection, Engine } from '@sluice/engine'
import { webTransport, webTransportSession } from '@sluice/libp2p'
import { createLibp2p, type Libp2p } from 'libp2p'
import { labEngine } from '../../engine.ts'
import { Mailbox } from '../../peers/libp2p/mailbox.ts'
import type { Habit } from '../habits/habit.ts'

/** A listening peer made of our own stack that has a habit on its first connection, and on none that follows. */
export class HabitualPeer {
  readonly node: Libp2p
  readonly mailbox: Mailbox
  readonly #connections: readonly Connection[]
  readonly #ends: (() => void)[]

  private constructor(node: Libp2p, mailbox: Mailbox, connections: readonly Connection[], ends: (() => void)[]) {
    this.node = node
    this.mailbox = mailbox
    this.#connections = connections
    this.#ends = ends
  }

  /** @param limit streams that the peer allows at once */
  static async start(habit: Habit, limit: number): Promise<HabitualPeer> {
    const connections: Connection[] = []
    const ends: (() => void)[] = []
    const engine = watched(labEngine(), (connection) => {
      connections.push(connection)
      if (connections.length === 1 && habit.onConnection !== undefined) ends.push(habit.onConnection(connection, limit))
    })
    const mailbox = new Mailbox(() => (connections.length === 1 ? (habit.onMessage ?? {}) : {}))
    const node = await createLibp2p({
      addresses: { listen: ['/ip4/127.0.0.1/udp/0/quic-v1/webtransport'] },
      transports: [webTransport({ engine, maxInboundStreams: limit, recovery: false })],
      connectionMonitor: { enabled: false },
    })
    await mailbox.serve(node)
    node.addEventListener('connection:open', ({ detail }) => {
      const session = webTransportSession(detail)
      if (session === undefined || connections.length > 1 || habit.onSession === undefined) return
      ends.push(habit.onSession(session))
    })
    return new HabitualPeer(node, mailbox, connections, ends)
  }

  /** How many connections there were. */
  get connections(): number {
    return this.#connections.length
  }

  async stop(): Promise<void> {
    for (const end of this.#ends) end()
    await this.node.stop()
  }
}

/** The engine, with each connection that it accepts shown before anything above has seen it. */
function watched(below: Engine, onConnection: (connection: Connection) => void): Engine {
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
