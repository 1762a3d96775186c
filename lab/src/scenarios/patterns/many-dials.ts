import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { contestant } from '../../interop/contestants.ts'
import { Libp2pPair } from '../../interop/libp2p-pair.ts'
import type { DialOutcome } from '../../peers/commands.ts'
import type { Peer } from '../../peers/peer.ts'
import type { Load, Observation } from '../observation.ts'
import { exchangeMessages } from './exchange.ts'

/** A page that dials addresses where nobody is, then one where somebody is, then far too many at once. */
export interface ManyDialsSetup {
  readonly dialer: string
  /** Dials that fail, one after another, before the one that does not. */
  readonly failing: number
  /** Dials at once after that; more than the browser lets be under way. */
  readonly atOnce: number
}

/** Longest time for a dial that is on its own. */
const PATIENCE = 15_000
/** Longest time for one of many at once: some are held back until then. */
const SHORT_PATIENCE = 2_000
const WIDTH = 8

/** What a dial to where nobody is may end in: it fails, the browser does not make it, or its time is over. */
const MAY_END_IN: readonly string[] = ['ERR_SESSION_FAILED', 'ERR_DIAL_THROTTLED', 'TimeoutError']

export async function manyDials({ dialer, failing, atOnce }: ManyDialsSetup, { streams }: Load): Promise<Observation> {
  const pair = new Libp2pPair(contestant(dialer), contestant('node'), { streams, bytes: 0 })
  try {
    const peers = await pair.peers()
    const [address = ''] = peers.listener.addresses
    const alone: DialOutcome[] = []
    for (const dead of await deadAddresses(address, failing))
      alone.push(...(await dials(peers.dialer, [dead], PATIENCE)))
    const [live] = await dials(peers.dialer, [address], PATIENCE)
    if (live?.code === 'ok') pair.standing()
    const many = await dials(peers.dialer, await deadAddresses(address, atOnce), SHORT_PATIENCE)
    const throttled = many.filter(({ code }) => code === 'ERR_DIAL_THROTTLED')
    // What stands is not touched by the brake on what does not.
    const observation = await exchangeMessages(pair, { streams, width: WIDTH })
    return {
      ...observation,
      end: live?.code === 'ok' ? observation.end : 'never',
      errors:
        observation.errors +
        alone.filter(({ code }) => code !== 'ERR_SESSION_FAILED').length +
        many.filter(({ code }) => !MAY_END_IN.includes(code)).length +
        // The delay is said, and so is it that the browser refuses.
        (live?.heldBack == null ? 1 : 0) +
        (throttled.length === 0 ? 1 : 0),
      figures: { alone, live, many: counted(many), throttledWithin: slowest(throttled), ...observation.figures },
    }
  } finally {
    await pair.close()
  }
}

async function dials(peer: Peer, addresses: readonly string[], patience: number): Promise<readonly DialOutcome[]> {
  return await peer.request('dials', { addresses, patience })
}

/** The address with ports in it where nobody listens. */
async function deadAddresses(address: string, count: number): Promise<readonly string[]> {
  const sockets = Array.from({ length: count }, () => createSocket('udp4'))
  const ports = await Promise.all(
    sockets.map(async (socket) => {
      socket.bind(0, '127.0.0.1')
      await once(socket, 'listening')
      return socket.address().port
    }),
  )
  await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(resolve))))
  // Without the peer id, so that each is a dial of its own.
  const [bare = ''] = address.split('/p2p/')
  return ports.map((port) => bare.replace(/\/udp\/\d+\//, `/udp/${port}/`))
}

function counted(outcomes: readonly DialOutcome[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { code } of outcomes) counts[code] = (counts[code] ?? 0) + 1
  return counts
}

function slowest(outcomes: readonly DialOutcome[]): number {
  return Math.max(0, ...outcomes.map(({ milliseconds }) => milliseconds))
}
