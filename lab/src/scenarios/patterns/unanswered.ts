import type { Connection } from '@libp2p/interface'
import type { Millis } from '@sluice/credit'
import { webTransport, webTransportCredit } from '@sluice/libp2p'
import { createLibp2p } from 'libp2p'
import { MESSAGE_PROTOCOL, sendMessage } from '../../peers/libp2p/mailbox.ts'
import { Tally } from '../../peers/libp2p/tally.ts'
import { leavesUnanswered, UNANSWERED_EVERY } from '../habits/leaves-unanswered.ts'
import type { Observation } from '../observation.ts'
import { HabitualPeer } from './habitual-peer.ts'
import { arrived, MESSAGE_SIZE } from './messages.ts'
import { Watch } from './watch.ts'

/** Messages to a peer that answers the negotiation of most streams, and of some never. */
export interface UnansweredSetup {
  /** Streams that the peer allows at once. */
  readonly limit: number
  readonly messages: number
  readonly width: number
  /** How long our application waits for a stream before it tries another. */
  readonly patience: Millis
}

/** Longest time for closing a connection with streams that wait for an answer. */
const CLOSE_WITHIN: Millis = 2_000
const UNLIMITED = { maxOutboundStreams: Number.POSITIVE_INFINITY }

/** Sends messages, trying again where no answer comes, then closes the connection while opens still wait for theirs. */
export async function unanswered({ limit, messages, width, patience }: UnansweredSetup): Promise<Observation> {
  const peer = await HabitualPeer.start(leavesUnanswered, { limit, cut: () => {} })
  const ours = await createLibp2p({ transports: [webTransport()], connectionMonitor: { enabled: false } })
  try {
    const connection = await ours.dial(peer.address)
    const watch = new Watch(connection)
    const failures = new Tally()
    let [next, unansweredOnes] = [0, 0]
    const worker = async (): Promise<void> => {
      while (next < messages) {
        const number = next++
        while (!(await sendOnce(connection, number, patience, watch, failures))) unansweredOnes += 1
      }
    }
    await Promise.all(Array.from({ length: width }, worker))
    const received = await arrived(peer.mailbox, messages)
    const { verdict, verdictMs } = watch
    const close = await closeWhileWaiting(connection)
    const surfaced = Object.values(failures.counts).reduce((sum, count) => sum + count, 0)
    return {
      verdict: verdict?.code ?? 'healthy',
      verdictMs,
      recoveredMs: null,
      lost: messages - received,
      end: received < messages ? 'never' : 'flows',
      errors: surfaced + (close.cutOff > 0 && close.milliseconds <= CLOSE_WITHIN ? 0 : 1) + close.left,
      figures: {
        failures: failures.counts,
        received,
        unanswered: unansweredOnes,
        close,
        summary: verdict?.summary,
      },
    }
  } finally {
    await Promise.all([ours.stop(), peer.stop()])
  }
}

/** Says whether the message was sent; what fails though there was an answer is noted. */
async function sendOnce(
  connection: Connection,
  number: number,
  patience: Millis,
  watch: Watch,
  failures: Tally,
): Promise<boolean> {
  let answered = false
  const opened = watch.begin()
  try {
    await sendMessage(connection, number, MESSAGE_SIZE, AbortSignal.timeout(patience), () => {
      answered = true
      opened()
    })
    return true
  } catch (error) {
    if (!answered) opened()
    else failures.add(error)
    return answered
  }
}

/** Closes the connection while some opens wait for an answer that never comes; all of them must have an end by then. */
async function closeWhileWaiting(connection: Connection) {
  const ends = new Tally()
  const answered = Promise.withResolvers<void>()
  let cutOff = 0
  const open = async (): Promise<void> => {
    try {
      const stream = await connection.newStream(MESSAGE_PROTOCOL, UNLIMITED)
      answered.resolve()
      await stream.close()
    } catch (error) {
      cutOff += 1
      ends.add(error)
    }
  }
  const opens = Array.from({ length: 2 * UNANSWERED_EVERY }, open)
  await answered.promise
  const begun = performance.now()
  await connection.close()
  await Promise.all(opens)
  const milliseconds = performance.now() - begun
  const left = webTransportCredit(connection)?.accounts.reduce((sum, { live }) => sum + live, 0) ?? 0
  return { cutOff, milliseconds, ends: ends.counts, left }
}
