import { once } from 'node:events'
import type { Connection } from '@libp2p/interface'
import { sluiceLedger, webTransport } from '@sluice/libp2p'
import { createLibp2p } from 'libp2p'
import { contestant } from '../../interop/contestants.ts'
import { sendMessage } from '../../peers/libp2p/mailbox.ts'
import { Tally } from '../../peers/libp2p/tally.ts'
import type { Observation } from '../observation.ts'
import { arrivedAt, faultsOf, sumOf } from './received.ts'

/** A node sends messages to a page whose browser stops handing over incoming streams. */
export interface UndeliveredSetup {
  readonly dialer: string
  readonly messages: number
  /** Messages in flight at once. */
  readonly width: number
}

const SIZE = 100
const DIAL_WITHIN = 20_000
/** Longest time for one message, sent again included. */
const PATIENCE = 15_000

/** When a stream was asked for and when it was there, in milliseconds since 1970. */
interface Open {
  readonly asked: number
  there: number
}

export async function undelivered({ dialer, messages, width }: UndeliveredSetup): Promise<Observation> {
  const dialing = contestant(dialer)
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/udp/0/quic-v1/webtransport'] },
    transports: [webTransport()],
    connectionMonitor: { enabled: false },
    services: { ledger: sluiceLedger() },
  })
  try {
    const page = await dialing.start('dial')
    const opened = once(node, 'connection:open')
    await page.request('dial', { address: String(node.getMultiaddrs()[0]), timeout: DIAL_WITHIN })
    const [{ detail: connection }] = (await opened) as [CustomEvent<Connection>]
    const { opens, failures, again } = await sendAll(connection, messages, width)
    const received = await arrivedAt(page, messages)
    const [first] = await page.request('verdicts', { from: 0 })
    const { waited, recovered } = around(opens, first?.at)
    return {
      verdict: first?.verdict.code ?? 'healthy',
      verdictMs: waited,
      recoveredMs: recovered,
      lost: messages - received.messages,
      end: received.messages < messages ? 'never' : first === undefined ? 'flows' : 'recovers',
      errors: sumOf(failures) + faultsOf(received),
      figures: { received, failures, again, summary: first?.verdict.summary },
    }
  } finally {
    await dialing.close()
    await node.stop()
  }
}

/** What an open fails with whose session was replaced under it: nothing was handed over yet, and can be sent again. */
const MAY_FAIL_WITH: readonly string[] = ['SessionReplacedError', 'StreamResetError']

/** Sends all, and again where not even the open came to its end. */
async function sendAll(connection: Connection, messages: number, width: number) {
  const opens: Open[] = []
  const failures = new Tally()
  let [next, again] = [0, 0]
  const send = async (number: number, signal: AbortSignal): Promise<void> => {
    const open: Open = { asked: Date.now(), there: Number.POSITIVE_INFINITY }
    opens.push(open)
    try {
      await sendMessage(connection, number, SIZE, signal, () => {
        open.there = Date.now()
      })
    } catch (error) {
      if (signal.aborted || Number.isFinite(open.there) || !maySendAgain(error)) throw error
      again += 1
      await send(number, signal)
    }
  }
  const worker = async (): Promise<void> => {
    while (next < messages) {
      await send(next++, AbortSignal.timeout(PATIENCE)).catch((error: unknown) => failures.add(error))
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  return { opens, failures: failures.counts, again }
}

/** Since when somebody had waited at that moment, and how long it took until somebody had a stream. */
function around(opens: readonly Open[], at: number | undefined) {
  if (at === undefined) return { waited: null, recovered: null }
  const waiting = opens.filter(({ asked, there }) => asked <= at && there > at).map(({ asked }) => asked)
  const served = opens.map(({ there }) => there).filter((there) => there > at && Number.isFinite(there))
  return {
    waited: waiting.length === 0 ? 0 : at - Math.min(...waiting),
    recovered: served.length === 0 ? null : Math.min(...served) - at,
  }
}

function maySendAgain(error: unknown): boolean {
  return error instanceof Error && MAY_FAIL_WITH.includes(error.name)
}
