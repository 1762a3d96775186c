import type { Connection, Startable } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import type { Session } from '@sluice/webtransport'
import type { AbandonOptions, AbandonResult } from '../peers/commands.ts'
import { pattern } from '../peers/pattern.ts'
import { GIVES_UP, openAndGiveUp } from './giving-up.ts'
import { rawWays } from './raw-ways.ts'
import { type WayName, wayNames, ways } from './ways.ts'

const UNLIMITED = { maxInboundStreams: Number.POSITIVE_INFINITY, maxOutboundStreams: Number.POSITIVE_INFINITY }

/** What a handler sends, whatever it got. */
const answer = pattern(100)

/** Treats the streams of a protocol for each way in that way. */
export const abandon =
  () =>
  ({ registrar }: { readonly registrar: Registrar }): Startable => ({
    start: async () => {
      for (const way of wayNames) {
        await registrar.handle(protocolOf(way), (stream) => ways[way](stream, answer), UNLIMITED)
      }
    },
    stop: async () => {
      for (const way of wayNames) await registrar.unhandle(protocolOf(way))
    },
  })

/** Opens streams, as many at once as `width` says, and treats each in the same way. */
export async function openAndAbandon(
  connection: Connection,
  session: Session | undefined,
  { opens, handles, count, width, bytes }: AbandonOptions,
  signal: AbortSignal,
): Promise<AbandonResult> {
  const payload = pattern(bytes)
  const failures: Record<string, number> = {}
  let begun = 0
  let opened = 0
  let completed = 0
  const note = (error: unknown): void => {
    const { name, code } = error as { name?: string; code?: unknown }
    const text = typeof code === 'string' ? code : (name ?? String(error))
    failures[text] = (failures[text] ?? 0) + 1
  }
  const openOne = async (turn: number): Promise<void> => {
    if (opens in rawWays) {
      if (session === undefined) throw new RangeError('only our own transport has a session to open streams of')
      await rawWays[opens as keyof typeof rawWays](session)
      opened += 1
      return
    }
    const protocol = protocolOf(handles)
    const stream = await (opens === GIVES_UP
      ? openAndGiveUp(connection, protocol, UNLIMITED, turn)
      : connection.newStream(protocol, { signal, ...UNLIMITED }))
    opened += 1
    await ways[opens === GIVES_UP ? 'well' : (opens as WayName)](stream, payload)
    completed += 1
  }
  const worker = async (): Promise<void> => {
    while (begun < count) {
      await openOne(begun++).catch(note)
    }
  }
  const start = performance.now()
  await Promise.all(Array.from({ length: width }, worker))
  return { asked: count, opened, completed, failures, milliseconds: performance.now() - start }
}

function protocolOf(way: WayName): string {
  return `/sluice/lab/${way.replaceAll(' ', '-')}/1.0.0`
}
