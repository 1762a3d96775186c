import { setTimeout as delay } from 'node:timers/promises'
import type { Connection } from '@libp2p/interface'
import { webTransport, webTransportCredit, webTransportSession } from '@sluice/libp2p'
import { createLibp2p } from 'libp2p'
import { Mailbox } from '../../peers/libp2p/mailbox.ts'
import type { Habit } from '../habits/habit.ts'
import type { Observation } from '../observation.ts'
import { HabitualPeer } from './habitual-peer.ts'
import { Line } from './line.ts'
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
  /** 'lossy': a line on which the habit can have packets lost. */
  readonly line: 'straight' | 'lossy'
}

const OPEN_DEADLINE = 6_000
/** How long streams that are over may take to be gone. */
const GONE_WITHIN = 2_000
const LOOK_EVERY = 20

/** Exchanges messages with a peer with a bad habit, and watches what our end says and does about it. */
export async function habit({ habit, limit, messages, width, line: way }: HabitSetup): Promise<Observation> {
  let line: Line | undefined
  const peer = await HabitualPeer.start(habit, { limit, cut: (cut) => line?.cut(cut) })
  const ours = await createLibp2p({
    transports: [webTransport({ openDeadline: OPEN_DEADLINE })],
    connectionMonitor: { enabled: false },
  })
  const mailbox = new Mailbox()
  try {
    await mailbox.serve(ours)
    line = await Line.to(peer.address, way === 'lossy')
    const connection = await ours.dial(line.address)
    const watch = new Watch(connection, () => peer.beganAt)
    const [failures, theirs] = await Promise.all([sendAll(connection, { messages, width }, watch), peer.opens()])
    const received = await arrived(peer.mailbox, messages)
    const receivedHere = await arrived(mailbox, theirs)
    if (way === 'lossy' && line.lost === 0) throw new RangeError('nothing was lost on the way')
    const over = connection.status !== 'open'
    const left = habit.opens === undefined || over ? 0 : await stillLive(connection)
    const { faults, repeats } = mailbox.received()
    const lost = messages - received + theirs - receivedHere
    return {
      verdict: watch.verdict?.code ?? webTransportSession(connection)?.verdict?.code ?? 'healthy',
      verdictMs: watch.verdictMs,
      recoveredMs: over ? null : watch.recoveredMs,
      lost: over ? 0 : lost,
      end: endOf(over, lost, watch),
      errors: over ? failures.untyped : failures.total + Object.keys(faults).length + repeats + left,
      figures: {
        failures: failures.counts,
        received,
        receivedHere,
        faults,
        left,
        packetsLost: line.lost,
        late: watch.late,
        connections: peer.connections,
        summary: watch.verdict?.summary,
      },
    }
  } finally {
    await Promise.all([ours.stop(), peer.stop()])
    await line?.close()
  }
}

function endOf(over: boolean, lost: number, watch: Watch): Observation['end'] {
  if (over) return 'closes'
  if (lost > 0) return 'never'
  return watch.verdict === undefined || watch.flowed ? 'flows' : 'recovers'
}

/** Streams that the peer opened and that hold their credit still, once they have had time to be gone. */
async function stillLive(connection: Connection): Promise<number> {
  const until = performance.now() + GONE_WITHIN
  const live = (): number =>
    webTransportCredit(connection)
      ?.accounts.filter(({ layer, opener }) => layer === 'session' && opener === 'them')
      .reduce((sum, account) => sum + account.live, 0) ?? 0
  while (live() > 0 && performance.now() < until) await delay(LOOK_EVERY)
  return live()
}
