import { setTimeout as delay } from 'node:timers/promises'
import type { VerdictCode } from '@sluice/credit'
import type { ReceivedResult } from '../../peers/commands.ts'
import type { Peer } from '../../peers/peer.ts'

/** How long nothing may arrive before what is missing counts as lost. */
const QUIET = 3_000
const LOOK_EVERY = 100

/** What came, once all of it has, or nothing more comes. */
export async function arrivedAt(peer: Peer, expected: number): Promise<ReceivedResult> {
  let [best, since] = [-1, performance.now()]
  for (;;) {
    const received = await peer.request('received', {})
    if (received.messages > best) [best, since] = [received.messages, performance.now()]
    if (received.messages >= expected || performance.now() - since > QUIET) return received
    await delay(LOOK_EVERY)
  }
}

/** The verdict that stood longest; null where no end of ours was asked. */
export function worstVerdict(received: readonly ReceivedResult[]): VerdictCode | null {
  const alarms = received.flatMap((one) => (one.alarms === undefined ? [] : Object.entries(one.alarms)))
  if (received.every((one) => one.alarms === undefined)) return null
  const [code] = alarms.sort(([, a], [, b]) => b - a)[0] ?? ['healthy']
  return code as VerdictCode
}

/** Streams that went wrong at the end that received, and messages that came twice. */
export function faultsOf({ faults, repeats }: ReceivedResult): number {
  return sumOf(faults) + repeats
}

export function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
