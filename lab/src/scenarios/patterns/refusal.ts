import type { Connection } from '@libp2p/interface'
import { accountProof, type Millis, NoStreamCreditError } from '@sluice/credit'
import { webTransport } from '@sluice/libp2p'
import { createLibp2p } from 'libp2p'
import { sendMessage } from '../../peers/libp2p/mailbox.ts'
import { describe } from '../../peers/libp2p/tally.ts'
import type { Habit } from '../habits/habit.ts'
import type { Observation } from '../observation.ts'
import { HabitualPeer } from './habitual-peer.ts'
import { arrived, MESSAGE_SIZE } from './messages.ts'
import { Watch } from './watch.ts'

export interface RefusalSetup {
  readonly habit: Habit
  /** Streams that the peer allows at once. */
  readonly limit: number
  /** Longest wait of an open for credit. */
  readonly deadline: Millis
}

/** By how much an open may fail later than its deadline. */
const LATE: Millis = 500

/** How an open ended that got no stream. */
export interface Refusal {
  readonly error: unknown
  readonly waited: Millis
}

/** Sends messages one by one, with nothing that would recover the connection, until an open fails. */
export async function refusal({ habit, limit, deadline }: RefusalSetup): Promise<Observation> {
  const peer = await HabitualPeer.start(habit, { limit, cut: () => {} })
  const ours = await createLibp2p({
    transports: [webTransport({ openDeadline: deadline, recovery: false })],
    connectionMonitor: { enabled: false },
  })
  try {
    const connection = await ours.dial(peer.address)
    const watch = new Watch(connection)
    let sent = 0
    let refused: Refusal | undefined
    while (sent <= limit && refused === undefined) {
      refused = await sendOrRefuse(connection, sent, deadline, watch)
      if (refused === undefined) sent += 1
    }
    const received = await arrived(peer.mailbox, sent)
    const faults = refused === undefined ? [] : faultsOf(refused, limit, deadline)
    return {
      verdict: watch.verdict?.code ?? 'healthy',
      verdictMs: watch.verdictMs,
      recoveredMs: null,
      lost: sent - received,
      end: refused === undefined ? 'flows' : 'open-fails',
      errors: faults.length,
      figures: {
        sent,
        received,
        faults,
        error: describe(refused?.error),
        waited: refused?.waited,
        late: watch.late,
        summary: watch.verdict?.summary,
      },
    }
  } finally {
    await Promise.all([ours.stop(), peer.stop()])
  }
}

async function sendOrRefuse(
  connection: Connection,
  number: number,
  deadline: Millis,
  watch: Watch,
): Promise<Refusal | undefined> {
  const began = performance.now()
  try {
    await sendMessage(connection, number, MESSAGE_SIZE, AbortSignal.timeout(deadline + LATE), watch.begin())
    return undefined
  } catch (error) {
    return { error, waited: performance.now() - began }
  }
}

/** What is wrong with the way in which an open failed: it must say of which limit, how many are live, and which is the oldest. */
export function faultsOf({ error, waited }: Refusal, limit: number, deadline: Millis): readonly string[] {
  if (!(error instanceof NoStreamCreditError)) return [`not a NoStreamCreditError: ${describe(error)}`]
  const { account, verdict } = error
  const oldest = accountProof(verdict)?.oldest ?? null
  return [
    ...(waited > deadline + LATE ? [`failed after ${Math.round(waited)} ms`] : []),
    // Streams of the session itself came and went, and gave their credit back.
    ...(account.limit !== null && account.limit >= limit ? [] : [`tells of a limit of ${account.limit}`]),
    ...(account.available === null || account.opened === 0 ? ['tells of no stream that was opened'] : []),
    ...(account.live === account.opened - account.retired && account.live > 0
      ? []
      : ['tells of no stream that is live']),
    ...(oldest === null || (oldest.send === null && oldest.receive === null) ? ['names no oldest stream'] : []),
  ]
}
