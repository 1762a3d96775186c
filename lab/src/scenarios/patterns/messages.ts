import { setTimeout as delay } from 'node:timers/promises'
import type { Connection } from '@libp2p/interface'
import { SessionReplacedError } from '@sluice/libp2p'
import { type Mailbox, sendMessage } from '../../peers/libp2p/mailbox.ts'
import { Tally } from '../../peers/libp2p/tally.ts'
import type { Watch } from './watch.ts'

/** Bytes of the pattern in a message. */
export const MESSAGE_SIZE = 100
/** Messages that are sent one by one at first. */
export const ONE_BY_ONE = 8
/** Longest time for one message. */
const PATIENCE = 15_000
const LOOK_EVERY = 20
const ARRIVE_WITHIN = 3_000

/** Errors of what was sent. */
export interface Failures {
  readonly counts: Readonly<Record<string, number>>
  readonly total: number
  /** Of them, those that say by no name of their own what happened. */
  readonly untyped: number
}

/** Sends a message on a fresh stream, and says when its wait is over. @throws what opening and sending throw */
export type Send = (connection: Connection, number: number, waited: () => void) => Promise<void>

/** A message waits for its stream. */
export const sendOnce: Send = (connection, number, opened) =>
  sendMessage(connection, number, MESSAGE_SIZE, AbortSignal.timeout(PATIENCE), opened)

/**
 * A message waits until all of it is sent, and is sent again when its session was replaced before, as an application does
 * that was told so.
 */
export const sendWhole: Send = async (connection, number, sent) => {
  const send = () => sendOnce(connection, number, () => {})
  await send().catch((error: unknown) => {
    if (!(error instanceof SessionReplacedError)) throw error
    return send()
  })
  sent()
}

/**
 * Sends messages, each on a fresh stream, as long as the connection is there: a few one by one, and then `width` at a
 * time. What a process does for the first time takes longer than what is measured.
 */
export async function sendAll(
  connection: Connection,
  { messages, width }: { readonly messages: number; readonly width: number },
  watch: Watch,
  send = sendOnce,
): Promise<Failures> {
  const failures = new Tally()
  let [next, untyped] = [0, 0]
  const sendUpTo = async (end: number): Promise<void> => {
    while (next < end && connection.status === 'open') {
      await send(connection, next++, watch.begin()).catch((error: unknown) => {
        failures.add(error)
        if (!isTyped(error)) untyped += 1
      })
    }
  }
  await sendUpTo(Math.min(ONE_BY_ONE, messages))
  await Promise.all(Array.from({ length: width }, () => sendUpTo(messages)))
  const { counts } = failures
  return { counts, total: Object.values(counts).reduce((sum, count) => sum + count, 0), untyped }
}

/** js-libp2p tells its errors apart by name. */
function isTyped(error: unknown): boolean {
  return error instanceof Error && error.name !== Error.name
}

/** How many of so many messages are there, once all are or no more are waited for. */
export async function arrived(mailbox: Mailbox, messages: number): Promise<number> {
  const until = performance.now() + ARRIVE_WITHIN
  while (mailbox.received().messages < messages && performance.now() < until) await delay(LOOK_EVERY)
  return mailbox.received().messages
}
