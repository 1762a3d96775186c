import { webTransport, webTransportSession } from '@sluice/libp2p'
import { createLibp2p } from 'libp2p'
import type { Habit } from '../habits/habit.ts'
import type { Observation } from '../scenario.ts'
import { HabitualPeer } from './habitual-peer.ts'
import { arrived, sendAll } from './messages.ts'
import { Watch } from './watch.ts'

export interface HabitSetup {
  readonly habit: Habit
  /** Streams that the peer allows at once. */
  readonly limit: number
  /** Messages to send; more than the limit. */
  readonly messages: number
  /** Messages in flight at once. */
  readonly width: number
}

const OPEN_DEADLINE = 6_000

/** Sends messages to a peer with a bad habit, and watches what our end says and does about it. */
export async function habit(setup: HabitSetup): Promise<Observation> {
  const peer = await HabitualPeer.start(setup.habit, setup.limit)
  const ours = await createLibp2p({
    transports: [webTransport({ openDeadline: OPEN_DEADLINE })],
    connectionMonitor: { enabled: false },
  })
  try {
    const [address] = peer.node.getMultiaddrs()
    if (address === undefined) throw new RangeError('the peer does not listen')
    const connection = await ours.dial(address)
    const watch = new Watch(connection)
    const failures = await sendAll(connection, setup, watch)
    const received = await arrived(peer.mailbox, setup.messages)
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
        connections: peer.connections,
        summary: watch.verdict?.summary,
      },
    }
  } finally {
    await Promise.all([ours.stop(), peer.stop()])
  }
}
