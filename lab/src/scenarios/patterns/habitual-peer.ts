import type { Connection } from '@sluice/engine'
import { watchedEngine } from '@sluice/engine/testing'
import { webTransport, webTransportSession } from '@sluice/libp2p'
import type { Session } from '@sluice/webtransport'
import { createLibp2p, type Libp2p } from 'libp2p'
import { labEngine } from '../../engine.ts'
import { Mailbox } from '../../peers/libp2p/mailbox.ts'
import type { Habit, Surroundings } from '../habits/habit.ts'

/** A listening peer made of our own stack that has a habit on its first connection, and on none that follows. */
export class HabitualPeer {
  readonly mailbox: Mailbox
  /** When what is wrong began, by `performance.now()`, if the habit knows. */
  beganAt: number | undefined
  readonly #habit: Habit
  readonly #surroundings: Surroundings
  readonly #connections: Connection[] = []
  readonly #first = Promise.withResolvers<Session>()
  readonly #ends: (() => void)[] = []
  #node: Libp2p | undefined

  private constructor(habit: Habit, { limit, cut }: Pick<Surroundings, 'limit' | 'cut'>) {
    this.#habit = habit
    this.#surroundings = {
      limit,
      cut,
      begins: () => {
        this.beganAt ??= performance.now()
      },
    }
    this.mailbox = new Mailbox(() => (this.connections === 1 ? (habit.onMessage ?? {}) : {}))
  }

  static async start(habit: Habit, surroundings: Pick<Surroundings, 'limit' | 'cut'>): Promise<HabitualPeer> {
    const peer = new HabitualPeer(habit, surroundings)
    const engine = watchedEngine(labEngine(), (connection) => peer.#connected(connection))
    peer.#node = await createLibp2p({
      addresses: { listen: ['/ip4/127.0.0.1/udp/0/quic-v1/webtransport'] },
      transports: [webTransport({ engine, maxInboundStreams: surroundings.limit, recovery: false })],
      connectionMonitor: { enabled: false },
    })
    await peer.mailbox.serve(peer.#node)
    peer.#node.addEventListener('connection:open', ({ detail }) => {
      const session = webTransportSession(detail)
      if (session !== undefined && peer.connections === 1) peer.#opened(session)
    })
    return peer
  }

  /** How many connections there were. */
  get connections(): number {
    return this.#connections.length
  }

  /** Where the peer listens. */
  get address() {
    const [address] = this.#node?.getMultiaddrs() ?? []
    if (address === undefined) throw new RangeError('the peer does not listen')
    return address
  }

  /** Lets the peer open streams of its own; resolves with how many messages, from 0 on, it sent whole. */
  async opens(): Promise<number> {
    return (await this.#habit.opens?.(await this.#first.promise)) ?? 0
  }

  async stop(): Promise<void> {
    for (const end of this.#ends) end()
    await this.#node?.stop()
  }

  #connected(connection: Connection): void {
    this.#connections.push(connection)
    const bend = this.connections === 1 ? this.#habit.onConnection : undefined
    if (bend !== undefined) this.#ends.push(bend(connection, this.#surroundings))
  }

  #opened(session: Session): void {
    this.#first.resolve(session)
    const bend = this.#habit.onSession
    if (bend !== undefined) this.#ends.push(bend(session, this.#surroundings))
  }
}
