import type { Peer } from '../peers/peer.ts'
import { type Check, demand, type Figures } from './check.ts'
import type { Libp2pPair } from './libp2p-pair.ts'

/** A connection whose other end vanished must be gone within an idle timeout and some: 30 s at most peers. */
const goneWithin = 60_000
/** A tab that is closed says so, or stays silent like Firefox's; then its browser is killed too. */
const tabGoneWithin = 10_000
const streamsWithin = 180_000

/** What every pair of libp2p peers goes through, in this order. */
export const libp2pChecks: readonly Check<Libp2pPair>[] = [
  { name: 'dial by certhash', run: async (pair) => await pair.dial() },
  {
    name: 'noise',
    run: async (pair) => {
      const { dialer, listener } = await pair.connected()
      const seen = { dialer: await remoteOf(dialer), listener: await remoteOf(listener) }
      demand(seen.dialer === listener.peerId, 'the dialer authenticated another peer', seen)
      demand(seen.listener === dialer.peerId, 'the listener authenticated another peer', seen)
      return seen
    },
  },
  { name: 'identify', run: async (pair) => await bothWays(pair, identify) },
  { name: 'ping', run: async (pair) => await bothWays(pair, ping) },
  { name: 'echo', run: async (pair) => await withLedger(pair, await bothWays(pair, echo)) },
  streams('streams one after another, by the dialer', 'dialer', 1),
  streams('streams one after another, by the listener', 'listener', 1),
  streams('streams without waiting, by the dialer', 'dialer', 0),
  streams('streams without waiting, by the listener', 'listener', 0),
  // Only ours can be told to swap its certificate.
  { name: 'certificate rotated while connected', applies: (pair) => pair.rotates, run: rotate },
  {
    name: 'session replaced while streams are in flight',
    applies: (pair) => pair.dialerIsOurs,
    run: replaceSession,
  },
  { name: 'close by the dialer', run: async (pair) => await close(pair, 'dialer') },
  { name: 'close by the listener', run: async (pair) => await close(pair, 'listener') },
  { name: 'dialer killed', run: killDialer },
  { name: 'listener killed', run: killListener },
]

async function remoteOf(peer: Peer): Promise<string | undefined> {
  const reports = await peer.request('connections', {})
  return reports.findLast(({ status }) => status === undefined || status === 'open')?.peerId
}

async function bothWays(pair: Libp2pPair, run: (peer: Peer, pair: Libp2pPair) => Promise<unknown>): Promise<Figures> {
  const { dialer, listener } = await pair.connected()
  return { dialer: await run(dialer, pair), listener: await run(listener, pair) }
}

async function withLedger(pair: Libp2pPair, figures: Figures): Promise<Figures> {
  return { ...figures, ledger: await pair.ledgers() }
}

async function identify(peer: Peer): Promise<Figures> {
  const { agent, protocols } = await peer.request('identify', { timeout: 10_000 })
  demand(protocols.includes('/ipfs/ping/1.0.0'), 'identify brought no ping protocol', { agent, protocols })
  return { agent, protocols: protocols.length }
}

async function ping(peer: Peer): Promise<Figures> {
  const { milliseconds } = await peer.request('ping', { count: 5, timeout: 10_000 })
  return { milliseconds }
}

async function echo(peer: Peer, { load }: Libp2pPair): Promise<Figures> {
  const result = await peer.request('echo', { size: load.bytes, timeout: 60_000 })
  demand(result.bytes === load.bytes && result.sent === result.received, 'the echo differs', { ...result })
  return { bytes: result.bytes, milliseconds: result.milliseconds, sha256: result.received }
}

function streams(name: string, opener: 'dialer' | 'listener', width: number): Check<Libp2pPair> {
  return {
    name,
    run: async (pair) => {
      const peers = await pair.connected()
      const count = pair.load.streams
      const result = await peers[opener].request('streams', { count, width, size: 64, timeout: streamsWithin })
      demand(result.echoed === count, `${result.echoed} of ${count} streams were echoed`, { ...result })
      const perSecond = Math.round((count / result.milliseconds) * 1000)
      return await withLedger(pair, { streams: count, milliseconds: Math.round(result.milliseconds), perSecond })
    },
  }
}

/** The standing connection must not notice, the addresses must change, and a new dialer must get in by the new ones. */
async function rotate(pair: Libp2pPair): Promise<Figures> {
  const { dialer, listener } = await pair.connected()
  const disconnects = dialer.events.count('disconnected')
  const { addresses } = await listener.request('rotate', { timeout: 10_000 })
  const [old, next] = [listener.addresses[0], addresses[0]]
  demand(next !== undefined && old !== next, 'the addresses did not change', { old, next })
  await ping(dialer)
  await echo(dialer, pair)
  demand(dialer.events.count('disconnected') === disconnects, 'the standing connection ended', {})
  const departures = listener.events.count('disconnected')
  const newcomer = await pair.anotherDialer()
  try {
    const { milliseconds } = await newcomer.request('dial', { address: next, timeout: 20_000 })
    await ping(newcomer)
    await newcomer.request('close', {})
    // The check that follows counts who comes and goes.
    await listener.events.wait('disconnected', departures, 10_000)
    return { old, next, milliseconds }
  } finally {
    await newcomer.stop()
  }
}

/** Streams of both ends go on as if nothing had happened, and neither end of ours sees a connection come or go. */
async function replaceSession(pair: Libp2pPair): Promise<Figures> {
  const { dialer, listener } = await pair.connected()
  const seen = () => [dialer, ...(pair.listenerIsOurs ? [listener] : [])].map(comings)
  const before = seen()
  const count = Math.min(pair.load.streams, 1000)
  const traffic = [dialer, ...(pair.listenerIsOurs ? [listener] : [])].map((peer) =>
    peer.request('streams', { count, width: 20, size: 64, timeout: streamsWithin }),
  )
  const start = performance.now()
  const { renewed } = await dialer.request('renew', { timeout: 15_000 })
  const milliseconds = Math.round(performance.now() - start)
  const results = await Promise.all(traffic)
  demand(renewed, 'no fresh session was to be had', {})
  for (const result of results)
    demand(result.echoed === count, `${result.echoed} of ${count} were echoed`, { ...result })
  await ping(dialer)
  demand(seen().join() === before.join(), 'a connection came or went', { before, after: seen() })
  return await withLedger(pair, { streams: count, milliseconds })
}

function comings({ events }: Peer): number {
  return events.count('connected') + events.count('disconnected')
}

async function close(pair: Libp2pPair, by: 'dialer' | 'listener'): Promise<Figures> {
  const peers = await pair.connected()
  const before = {
    dialer: peers.dialer.events.count('disconnected'),
    listener: peers.listener.events.count('disconnected'),
  }
  const start = performance.now()
  await peers[by].request('close', { timeout: 10_000 })
  pair.disconnected()
  await peers.dialer.events.wait('disconnected', before.dialer, 10_000)
  const dialer = Math.round(performance.now() - start)
  await peers.listener.events.wait('disconnected', before.listener, 10_000)
  return await withLedger(pair, { dialer, listener: Math.round(performance.now() - start) })
}

/** Streams under way while the other end is killed; what becomes of them is its own business. */
function traffic(peer: Peer): Promise<unknown> {
  return peer.request('streams', { count: 1_000_000, width: 50, size: 64, timeout: 60_000 }).catch(() => undefined)
}

async function killDialer(pair: Libp2pPair): Promise<Figures> {
  const { dialer, listener } = await pair.connected()
  const before = listener.events.count('disconnected')
  void traffic(dialer)
  await ping(listener)
  const start = performance.now()
  await dialer.kill()
  pair.dialerGone()
  const figures: Record<string, unknown> = {}
  try {
    await listener.events.wait('disconnected', before, tabGoneWithin)
    figures['noticed after'] = Math.round(performance.now() - start)
    await pair.killDialersHost()
  } catch {
    figures[`not noticed within ${tabGoneWithin} ms, then its host was killed`] = await listener.request(
      'connections',
      {},
    )
    await pair.killDialersHost()
    await listener.events.wait('disconnected', before, goneWithin)
    figures['noticed after'] = Math.round(performance.now() - start)
  }
  return await withLedger(pair, figures)
}

async function killListener(pair: Libp2pPair): Promise<Figures> {
  const { dialer, listener } = await pair.connected()
  const before = dialer.events.count('disconnected')
  void traffic(dialer)
  await ping(dialer)
  const start = performance.now()
  await listener.kill()
  pair.listenerGone()
  await dialer.events.wait('disconnected', before, goneWithin)
  return await withLedger(pair, { 'noticed after': Math.round(performance.now() - start) })
}
