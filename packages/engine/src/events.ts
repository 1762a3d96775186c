import type { HotCalls } from './native.ts'

/** Kinds of event, as `crates/engine/src/events.rs` numbers them. */
export const EventKind = {
  incoming: 1,
  connected: 2,
  closed: 3,
  acceptable: 4,
  openable: 5,
  retired: 6,
  datagramsReadable: 7,
  datagramsWritable: 8,
  migrated: 9,
  readable: 10,
  writable: 11,
  stopped: 12,
  finished: 13,
  keyLog: 14,
  endpointStopped: 15,
  streamsBlocked: 16,
  discarded: 17,
} as const

/** Takes one event; what `stream` and `value` are depends on the kind. */
export type EventHandler = (kind: number, connection: number, stream: number, value: number) => void

const FIELDS = 4
const CAPACITY = 512

/** Rounds in one turn of the event loop, so that timers and sockets of others get theirs. */
const MAX_ROUNDS = 16

/**
 * Fetches all events that wait and hands them out one by one. Events that the handlers' own calls bring about come in
 * a later round, so no handler is ever called from inside a call into the engine.
 */
export function drainEvents(hot: HotCalls, slot: number, handle: EventHandler): void {
  const records = takeRecords()
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const count = hot.drain(slot, records)
    if (count === 0) break
    for (let at = 0; at < count * FIELDS; at += FIELDS) {
      try {
        handle(records[at] ?? 0, records[at + 1] ?? 0, records[at + 2] ?? 0, records[at + 3] ?? 0)
      } catch (error) {
        reportUncaught(error)
      }
    }
  }
  spareRecords.push(records)
}

const spareRecords: Float64Array[] = []

/** One array serves all endpoints, unless a handler lets another endpoint drain meanwhile. */
function takeRecords(): Float64Array {
  return spareRecords.pop() ?? new Float64Array(CAPACITY * FIELDS)
}

/** A callback that throws is the application's fault: it surfaces as an uncaught exception, and the others still run. */
export function reportUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
