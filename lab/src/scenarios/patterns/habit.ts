import { setTimeout as delay } from 'node:timers/promises'
import type { Connection as Libp2pConnection } from '@libp2p/interface'
import type { Verdict } from '@sluice/credit'
import type { Connection, Engine } from '@sluice/engine'
import { webTransport, webTransportSession } from '@sluice/libp2p'
import { createLibp2p } from 'libp2p'
import { labEngine } from '../../engine.ts'
import { Mailbox, sendMessage } from '../../peers/libp2p/mailbox.ts'
import { Tally } from '../../peers/libp2p/tally.ts'
import type { Observation } from '../scenario.ts'

/** What a peer made of our own stack does wrong on its first connection, and on none that follows. */
export type Habit =
  /** MAX_STREAMS never comes. */
  | 'withholds-credit'
  /** MAX_STREAMS comes for half of the limit at once, and not before. */
  | 'refills-in-halves'
  /** Reads every stream to its end and never ends its own half. */
  | 'never-finishes'
  /** Vanishes under the streams. */
  | 'goes-away'

export interface HabitSetup {
  readonly habit: Habit
  /** Streams that the peer allows at once. */
  readonly limit: number
  /** Messages to send; more than the limit. */
  readonly messages: number
}

const SIZE = 100
const WIDTH = 4
const PATIENCE = 15_000
const OPEN_DEADLINE = 6_000
const LOOK_EVERY = 20
const ARRIVE_WITHIN = 3_000

/** A peer of ours that has a bad habit on its first connection. */
async function startPeer({ habit, limit }: HabitSetup) {
  const connections: Connection[] = []
  let recover = (): void => {}
  const below = labEngine()
  const engine: Engine = {
    name: below.name,
    bind: (options) =>
      below.bind({
        ...options,
        onConnection: (connection) => {
          connections.push(connection)
          if (connections.length === 1) recover = acquire(habit, limit, connection)
          options.onConnection?.(connection)
        },
      }),
  }
  const mailbox = new Mailbox(() => habit === 'never-finishes' && connections.length === 1)
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/udp/0/quic-v1/webtransport'] },
    transports: [webTransport({ engine, maxInboundStreams: limit, recovery: false })],
    connectionMonitor: { enabled: false },
  })
  await mailbox.serve(node)
  node.addEventListener('connection:open', ({ detail }) => {
    const session = webTransportSession(detail)
    if (session === undefined || connections.length > 1) return
    if (habit === 'goes-away') setTimeout(() => session.abort(0, ''), 100)
  })
  const stop = async (): Promise<void> => {
    recover()
    await node.stop()
  }
  return { node, mailbox, connections, stop }
}

/** Bends what the connection does by itself; the function that comes back ends what was begun. */
function acquire(habit: Habit, limit: number, connection: Connection): () => void {
  if (habit !== 'withholds-credit' && habit !== 'refills-in-halves') return () => {}
  const grant = connection.grantStreams.bind(connection)
  connection.setMaxConcurrentStreams('bidi', 0)
  // The governor above would give credit back after all.
  connection.setMaxConcurrentStreams = () => {}
  connection.grantStreams = () => {}
  if (habit === 'withholds-credit') return () => {}
  const half = Math.floor(limit / 2)
  let granted = limit
  const timer = setInterval(() => {
    if (granted - connection.streamCounts('bidi', 'them').retired > half) return
    granted += half
    grant('bidi', half)
  }, LOOK_EVERY)
  return () => clearInterval(timer)
}

/** Sends messages to a peer with a bad habit, and watches what our end says and does about it. */
export async function habit(setup: HabitSetup): Promise<Observation> {
  const { node: peer, mailbox, connections, stop } = await startPeer(setup)
  const ours = await createLibp2p({
    transports: [webTransport({ openDeadline: OPEN_DEADLINE })],
    connectionMonitor: { enabled: false },
  })
  try {
    const [address] = peer.getMultiaddrs()
    if (address === undefined) throw new RangeError('the peer does not listen')
    const connection = await ours.dial(address)
    const watch = new Watch(connection)
    const failures = await sendAll(connection, setup, watch)
    const received = await arrived(mailbox, setup.messages)
    const over = connection.status !== 'open'
    return {
      // Of a session that ended before anything waited nobody is told, but it says so when asked.
      verdict: watch.verdict?.code ?? webTransportSession(connection)?.verdict?.code ?? 'healthy',
      verdictMs: watch.verdictMs,
      recoveredMs: over ? null : watch.recoveredMs,
      lost: over ? 0 : setup.messages - received,
      end: over ? 'closes' : received < setup.messages ? 'never' : watch.verdict === undefined ? 'flows' : 'recovers',
      errors: over ? 0 : failures.total,
      figures: {
        failures: failures.counts,
        received,
        connections: connections.length,
        summary: watch.verdict?.summary,
      },
    }
  } finally {
    await Promise.all([ours.stop(), stop()])
  }
}

/** When an open waited, when that was named, and when streams flowed again. */
class Watch {
  verdict: Verdict | undefined
  verdictMs: number | null = null
  recoveredMs: number | null = null
  readonly #pending = new Set<number>()
  #namedAt = 0

  constructor(connection: Libp2pConnection) {
    webTransportSession(connection)?.onVerdict((verdict) => this.#heard(verdict))
  }

  /** An open begins; the function that comes back is called when it has its stream. */
  begin(): () => void {
    const at = performance.now()
    this.#pending.add(at)
    return () => {
      this.#pending.delete(at)
      if (this.verdict !== undefined) this.recoveredMs ??= performance.now() - this.#namedAt
    }
  }

  #heard(verdict: Verdict): void {
    if (verdict.harmless || this.verdict !== undefined) return
    this.verdict = verdict
    this.#namedAt = performance.now()
    const [oldest] = this.#pending
    this.verdictMs = oldest === undefined ? 0 : this.#namedAt - oldest
  }
}

async function sendAll(connection: Libp2pConnection, { messages }: HabitSetup, watch: Watch) {
  const failures = new Tally()
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < messages && connection.status === 'open') {
      const opened = watch.begin()
      await sendMessage(connection, next++, SIZE, AbortSignal.timeout(PATIENCE), opened).catch((error: unknown) =>
        failures.add(error),
      )
    }
  }
  await Promise.all(Array.from({ length: WIDTH }, worker))
  const { counts } = failures
  return { counts, total: Object.values(counts).reduce((sum, count) => sum + count, 0) }
}

async function arrived(mailbox: Mailbox, messages: number): Promise<number> {
  const until = performance.now() + ARRIVE_WITHIN
  while (mailbox.received().messages < messages && performance.now() < until) await delay(LOOK_EVERY)
  return mailbox.received().messages
}
