import type { Millis } from '@sluice/credit'
import { DEFAULT_STREAM_LIMITS } from '@sluice/libp2p/testing'
import { checkLedger } from '../ledger-check.ts'
import { type Plan, SIDES } from '../plan.ts'
import type { Trace } from '../run.ts'
import { noting } from '../uncaught.ts'
import { inTime, makeWorld } from '../world.ts'
import { GIVEN_BACK, MuxerApplication } from './application.ts'
import { installTimers } from './virtual-timers.ts'

/** An abandoned stream lives for two minutes and more, and one may come after the other. */
const BOUND: Millis = 10_000_000

/** What came of the streams of two js-libp2p muxers. */
export interface MuxerResult {
  readonly streams: number
  readonly faults: readonly string[]
}

/** Runs applications of js-libp2p over the network and the limits of a plan, and checks that all credit comes back. */
export async function runMuxers(plan: Plan, trace: Trace): Promise<MuxerResult> {
  const faults: string[] = []
  let streams = 0
  await noting(faults, async () => {
    const world = await makeWorld(plan)
    const { clock, sessions, server } = world
    const restore = installTimers(clock)
    const say = (line: string): void => trace(`${clock.now().toFixed(3).padStart(12)} libp2p: ${line}`)
    const [client, peer] = (['client', 'server'] as const).map(
      (side) => new MuxerApplication(side, sessions[side], plan.sides[side], plan.seed, clock, say),
    ) as [MuxerApplication, MuxerApplication]
    try {
      await inTime(clock, BOUND, 'the end of all streams that were opened', Promise.all([client.round(), peer.round()]))
      const idle = (): boolean => SIDES.every((side) => sessions[side].liveStreams().length === 0)
      if ((await clock.run(clock.now() + GIVEN_BACK, idle)) !== 'done')
        for (const side of SIDES)
          for (const { id, send, receive } of sessions[side].liveStreams())
            faults.push(`libp2p: stream ${id} still holds credit at the ${side}: ${send}, ${receive}`)
      await inTime(clock, BOUND, 'the end of all streams', Promise.all([client.settled(), peer.settled()]))
      await clock.run(clock.now() + 20_000, () => false)
      faults.push(...checkLedger(world, client, peer), ...checkStreams(client, peer))
      for (const side of SIDES) {
        const { harmless, summary } = sessions[side].verdict
        if (!harmless) faults.push(`libp2p: ${side}, all quiet: ${summary}`)
      }
      streams = client.opened + peer.opened
      await inTime(clock, BOUND, 'the end of the connection', client.close())
      await inTime(clock, BOUND, 'the end of both sessions', Promise.all(SIDES.map((side) => sessions[side].closed)))
      await inTime(clock, BOUND, 'the closing of the server', server.close())
      if ((await clock.run(clock.now() + BOUND, () => false)) !== 'idle')
        faults.push('libp2p: something still waits for its time after the end')
    } finally {
      restore()
    }
  })
  return { streams, faults }
}

/** What is wrong with what applications got. */
function checkStreams(client: MuxerApplication, peer: MuxerApplication): string[] {
  const faults: string[] = []
  const mayStarve = fillsTheWindow(client, peer) || fillsTheWindow(peer, client)
  for (const [near, far] of [
    [client, peer],
    [peer, client],
  ] as const) {
    faults.push(...near.faults)
    for (const { id, script, bytesSent, closed, faults: own } of near.streams.values()) {
      faults.push(...own.map((fault) => `libp2p: stream ${id} at the ${near.side}: ${fault}`))
      const other = far.streams.get(id)
      if (
        script.act !== 'exchange' ||
        other?.script.act !== 'exchange' ||
        script.closesTwice ||
        other.script.closesTwice
      )
        continue
      const complete = closed && other.ended && other.bytesReceived === bytesSent
      if (!complete && !mayStarve)
        faults.push(
          `libp2p: stream ${id}: the ${near.side} sent ${bytesSent} bytes${closed ? '' : ' and could not close'}, ` +
            `${other.bytesReceived} arrived${other.ended ? '' : ' without an end'}`,
        )
    }
  }
  return faults
}

/**
 * More was sent on a stream that nobody reads than js-libp2p reads ahead: it keeps the window of the connection until it is
 * given up, and others may be given up before.
 */
function fillsTheWindow(sender: MuxerApplication, reader: MuxerApplication): boolean {
  return [...reader.streams.values()].some(
    ({ id, script }) =>
      script.act === 'abandon' && (sender.streams.get(id)?.bytesSent ?? 0) > DEFAULT_STREAM_LIMITS.readAhead,
  )
}
