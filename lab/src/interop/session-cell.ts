import { setTimeout as delay } from 'node:timers/promises'
import type { CreditSnapshot } from '@sluice/credit'
import { makeCertificate } from '@sluice/engine/testing'
import { connect, listen, type WebTransportSession } from '@sluice/webtransport'
import { labEngine } from '../engine.ts'
import { Relay } from '../impairment/relay.ts'
import { within } from '../peers/event-log.ts'
import { startWtransport, type WtransportPeer } from '../peers/wtransport.ts'
import type { SessionCommands } from '../session/commands.ts'
import { SessionPeer } from '../session/session-peer.ts'
import { type Check, demand, type Figures } from './check.ts'
import { creditFigures } from './ledger.ts'
import type { Load } from './libp2p-pair.ts'

const startWithin = 20_000
const endWithin = 10_000
const settleWithin = 15_000
const lookEvery = 50
const closing = { code: 4321, reason: 'the lab is done' }

/** One end of a session: ours, or a process of another library. */
interface End {
  request<N extends keyof SessionCommands>(
    command: N,
    options: SessionCommands[N]['options'],
  ): Promise<SessionCommands[N]['result']>
}

/** A WebTransport session between two ends of which at least one is ours. */
export interface SessionPair {
  readonly load: Load
  readonly dialer: End
  readonly listener: End
  /** Those ends that are ours. */
  readonly ours: readonly WebTransportSession[]
  /** The end that is not ours, where there is one. */
  readonly foreign: WtransportPeer | undefined
  /** Between the two ends, where both are ours. */
  readonly relay?: Relay
  close(): Promise<void>
}

export const sessionChecks: readonly Check<SessionPair>[] = [
  bothWays('echo', async (end, { load }) => {
    const result = await end.request('echo', { size: load.bytes })
    demand(result.bytes === load.bytes && result.sent === result.received, 'the echo differs', { ...result })
    return { ...result }
  }),
  bothWays('streams one after another', (end, { load }) => streams(end, load, 1)),
  bothWays('streams without waiting', (end, { load }) => streams(end, load, 0)),
  bothWays('unidirectional streams', async (end) => ({ ...(await end.request('unis', { count: 500, size: 1_000 })) })),
  bothWays('datagrams', async (end) => {
    const result = await end.request('datagrams', { count: 200, size: 1_000 })
    // Datagrams may be lost, on loopback hardly ever.
    demand(result.answered >= 190, `${result.answered} of 200 datagrams were answered`, { ...result })
    return { ...result }
  }),
  { name: 'migration', applies: ({ relay }) => relay !== undefined, run: migrate },
  { name: 'drain', applies: ({ foreign }) => foreign === undefined, run: drain },
  { name: 'close', run: closeInOrder },
]

/** Starts both ends. */
export async function connectSessionPair(dialer: string, listener: string, load: Load): Promise<SessionPair> {
  if (listener === 'wtransport') return await weDial(load)
  return dialer === 'wtransport' ? await wtransportDials(load) : await bothOurs(load)
}

async function bothOurs(load: Load): Promise<SessionPair> {
  const server = await serve()
  const relay = await Relay.start({ target: server.port, seed: 1 })
  const session = await connect(`https://127.0.0.1:${relay.port}/lab`, {
    engine: server.engine,
    serverCertificateHashes: [server.hash],
  })
  const accepted = await within(server.session, startWithin, 'our own session')
  return {
    load,
    dialer: new SessionPeer(session),
    listener: new SessionPeer(accepted),
    ours: [session, accepted],
    foreign: undefined,
    relay,
    close: async () => {
      await server.close()
      await relay.close()
    },
  }
}

async function wtransportDials(load: Load): Promise<SessionPair> {
  const server = await serve()
  const foreign = await startWtransport(['dial', server.url, Buffer.from(server.hash).toString('hex')])
  const accepted = await within(server.session, startWithin, 'the session of wtransport')
  const listener = new SessionPeer(accepted)
  await foreign.started('connected', startWithin)
  const close = async (): Promise<void> => {
    await foreign.stop()
    await server.close()
  }
  return { load, dialer: foreign, listener, ours: [accepted], foreign, close }
}

async function weDial(load: Load): Promise<SessionPair> {
  const foreign = await startWtransport(['serve'])
  const listening = await foreign.started('listening', startWithin)
  if (listening.event !== 'listening') throw new RangeError('the first line of a server is where it listens')
  const hash = Uint8Array.from(Buffer.from(listening.certificateHash, 'hex'))
  const session = await connect(`https://127.0.0.1:${listening.port}/lab`, {
    engine: labEngine(),
    serverCertificateHashes: [hash],
  })
  const dialer = new SessionPeer(session)
  await foreign.started('connected', startWithin)
  return { load, dialer, listener: foreign, ours: [session], foreign, close: () => foreign.stop() }
}

async function serve() {
  const engine = labEngine()
  const certificate = makeCertificate()
  const { promise: session, resolve } = Promise.withResolvers<WebTransportSession>()
  const server = await listen({ engine, certificate, onSession: resolve })
  return {
    engine,
    session,
    hash: certificate.hash,
    port: server.address.port,
    url: `https://127.0.0.1:${server.address.port}/lab`,
    close: () => server.close(),
  }
}

function bothWays(name: string, run: (end: End, pair: SessionPair) => Promise<Figures>): Check<SessionPair> {
  return {
    name,
    run: async (pair) => ({
      dialer: await run(pair.dialer, pair),
      listener: await run(pair.listener, pair),
      ledger: await settled(pair),
    }),
  }
}

async function streams(end: End, { streams: count }: Load, width: number): Promise<Figures> {
  const result = await end.request('streams', { count, width, size: 64, timeout: 120_000 })
  demand(result.echoed === count, `${result.echoed} of ${count} streams were echoed`, { ...result })
  return { milliseconds: Math.round(result.milliseconds), perSecond: Math.round((count / result.milliseconds) * 1000) }
}

/** No stream of the session layer stays alive at the ends that are ours. */
async function settled({ ours }: SessionPair): Promise<Figures> {
  const deadline = performance.now() + settleWithin
  const alive = ({ accounts }: CreditSnapshot): number =>
    accounts.reduce((sum, { layer, live }) => sum + (layer === 'session' ? live : 0), 0)
  for (;;) {
    const credits = ours.map(({ credit }) => credit)
    const figures = Object.fromEntries(credits.map((credit, index) => [index, creditFigures(credit)]))
    if (credits.every((credit) => alive(credit) === 0)) return figures
    demand(performance.now() < deadline, 'streams stay alive', figures)
    await delay(lookEvery)
  }
}

/** The client's port changes under standing streams, and the server follows (RFC 9000, 9). */
async function migrate(pair: SessionPair): Promise<Figures> {
  const listener = pair.ours.at(-1)
  const before = listener?.remoteAddress.port
  const echoing = pair.dialer.request('echo', { size: pair.load.bytes })
  await pair.relay?.rebind()
  const result = await echoing
  demand(result.sent === result.received, 'the echo differs', { ...result })
  const after = listener?.remoteAddress.port
  demand(before !== after, 'the server still sees the old port', { before, after })
  return { before, after, milliseconds: result.milliseconds, ledger: await settled(pair) }
}

/** The one end asks to wind down, the other hears of it, and everything still works. */
async function drain(pair: SessionPair): Promise<Figures> {
  const [dialer, listener] = pair.ours
  demand(dialer !== undefined && listener !== undefined, 'both ends must be ours', {})
  listener.drain()
  await within(dialer.draining, endWithin, 'the DRAIN capsule')
  return await streams(pair.dialer, { streams: 10, bytes: 0 }, 1)
}

/** The dialer closes with a code and a reason, and the listener hears both. */
async function closeInOrder(pair: SessionPair): Promise<Figures> {
  const { foreign, ours } = pair
  await pair.dialer.request('close', closing)
  if (foreign !== undefined && pair.listener === foreign) {
    const event = await foreign.events.wait('disconnected', 0, endWithin)
    return { ...event }
  }
  const end = await within(ours.at(-1)?.closed ?? Promise.reject(), endWithin, 'the end of the session')
  const heard = end.kind === 'clean' && end.remote && end.closeCode === closing.code && end.reason === closing.reason
  // The crate `wtransport` closes the QUIC connection and sends no CLOSE capsule.
  demand(heard || foreign !== undefined, 'the listener heard something else', { ...end })
  return { ...end }
}
