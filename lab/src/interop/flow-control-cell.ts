import { setTimeout as delay } from 'node:timers/promises'
import type { AccountSnapshot } from '@sluice/credit'
import { makeCertificate } from '@sluice/engine/testing'
import { connect, listen, type SessionFlowControlOptions, type WebTransportSession } from '@sluice/webtransport'
import { labEngine } from '../engine.ts'
import type { StreamsOptions, StreamsResult } from '../peers/commands.ts'
import { within } from '../peers/event-log.ts'
import { pattern } from '../peers/pattern.ts'
import { type FlowControlCommands, startWebTransportGo, type WebTransportGo } from '../peers/webtransport-go.ts'
import { SessionPeer } from '../session/session-peer.ts'
import { writeAll } from '../session/streams.ts'
import { type Check, demand, type Figures } from './check.ts'
import { creditFigures } from './ledger.ts'

const startWithin = 20_000
const endWithin = 10_000
const settleWithin = 15_000
const lookEvery = 50
const commandWithin = 120_000

/** What each end lets the other have at once in the session: much less than QUIC does. */
const limits = { bidi: 10, uni: 10, data: 65_536 } as const
const ourLimits: SessionFlowControlOptions = {
  maxIncomingBidi: limits.bidi,
  maxIncomingUni: limits.uni,
  receiveWindow: limits.data,
}
const theirLimits = `${limits.bidi},${limits.uni},${limits.data}`

const count = 500
const closing = { code: 4321, reason: 'the lab is done' }

/** An end of the session, ours or not. */
interface End {
  request<N extends 'echo' | 'streams' | 'unis'>(
    command: N,
    options: FlowControlCommands[N]['options'],
  ): Promise<FlowControlCommands[N]['result']>
  abandoned(options: StreamsOptions): Promise<StreamsResult>
}

/** A session with flow control between webtransport-go and us. */
export interface FlowControlPair {
  readonly session: WebTransportSession
  readonly ours: End
  readonly theirs: End
  readonly foreign: WebTransportGo
  /** Which end dialled. */
  readonly dialer: 'us' | 'them'
  close(): Promise<void>
}

export const flowControlChecks: readonly Check<FlowControlPair>[] = [
  {
    name: 'both ends declare it',
    run: async ({ session }) => {
      const { flowControl } = session.description
      demand(JSON.stringify(flowControl) === JSON.stringify({ ours: limits, theirs: limits }), 'other terms', {
        flowControl,
      })
      return { ...flowControl }
    },
  },
  bothWays(`${count} streams at once`, async (end) => {
    const result = await end.request('streams', { count, width: 0, size: 64, timeout: commandWithin })
    demand(result.echoed === count, `${result.echoed} of ${count} streams were echoed`, { ...result })
    return { milliseconds: Math.round(result.milliseconds) }
  }),
  bothWays('1 MiB through the window', async (end) => {
    const result = await end.request('echo', { size: 1 << 20, timeout: commandWithin })
    demand(result.bytes === 1 << 20 && result.sent === result.received, 'the echo differs', { ...result })
    return { milliseconds: Math.round(result.milliseconds) }
  }),
  bothWays('unidirectional streams', async (end) => ({
    ...(await end.request('unis', { count: 100, size: 1_000, timeout: commandWithin })),
  })),
  // Forty windows of data, none of which anybody is sure to read.
  bothWays('abandoned streams', async (end) => {
    const result = await end.abandoned({ count, width: 5, size: 5_000, timeout: commandWithin })
    demand(result.echoed === count, `${result.echoed} of ${count} streams were abandoned`, { ...result })
    const after = await end.request('streams', { count: 20, width: 0, size: 1_000, timeout: commandWithin })
    demand(after.echoed === 20, 'no stream works after them', { ...after })
    return { milliseconds: Math.round(result.milliseconds) }
  }),
  {
    name: 'close',
    run: async ({ session, foreign, dialer }) => {
      if (dialer === 'us') {
        session.close({ closeCode: closing.code, reason: closing.reason })
        await within(session.closed, endWithin, 'the end of the session')
        return {}
      }
      await foreign.request('close', closing)
      const end = await within(session.closed, endWithin, 'the end of the session')
      const heard = end.kind === 'clean' && end.closeCode === closing.code && end.reason === closing.reason
      // A client of webtransport-go closes the QUIC connection at once, and its H3_NO_ERROR may overtake the capsule.
      const overtaken = end.kind === 'clean' && end.remote && end.closeCode === 0 && end.reason === ''
      demand(heard || overtaken, 'we heard something else', { ...end })
      return { ...end }
    },
  },
]

/** Starts both ends. */
export async function connectFlowControlPair(dialer: string): Promise<FlowControlPair> {
  return dialer === 'session' ? await weDial() : await theyDial()
}

async function weDial(): Promise<FlowControlPair> {
  const foreign = await startWebTransportGo(['serve', theirLimits])
  const listening = await foreign.started('listening', startWithin)
  if (listening.event !== 'listening') throw new RangeError('the first line of a server is where it listens')
  const session = await connect(`https://127.0.0.1:${listening.port}/lab`, {
    engine: labEngine(),
    serverCertificateHashes: [Uint8Array.from(Buffer.from(listening.certificateHash, 'hex'))],
    sessionFlowControl: ourLimits,
  })
  await foreign.started('connected', startWithin)
  return {
    session,
    ours: ourEnd(session),
    theirs: theirEnd(foreign),
    foreign,
    dialer: 'us',
    close: () => foreign.stop(),
  }
}

async function theyDial(): Promise<FlowControlPair> {
  const certificate = makeCertificate()
  const accepted = Promise.withResolvers<WebTransportSession>()
  const server = await listen({
    engine: labEngine(),
    certificate,
    onSession: accepted.resolve,
    sessionFlowControl: ourLimits,
  })
  const url = `https://127.0.0.1:${server.address.port}/lab`
  const foreign = await startWebTransportGo(['dial', url, Buffer.from(certificate.hash).toString('hex'), theirLimits])
  const session = await within(accepted.promise, startWithin, 'the session of webtransport-go')
  await foreign.started('connected', startWithin)
  const close = async (): Promise<void> => {
    await foreign.stop()
    await server.close()
  }
  return { session, ours: ourEnd(session), theirs: theirEnd(foreign), foreign, dialer: 'them', close }
}

function ourEnd(session: WebTransportSession): End {
  const peer = new SessionPeer(session)
  return {
    request: (command, options) => peer.request(command, options),
    abandoned: (options) => within(abandon(session, options), commandWithin, 'our abandoned streams'),
  }
}

function theirEnd(foreign: WebTransportGo): End {
  return {
    request: (command, options) => foreign.request(command, options),
    abandoned: (options) => foreign.request('abandoned', options),
  }
}

/** Writes on each stream and gives both halves up. */
async function abandon(session: WebTransportSession, { count, width, size }: StreamsOptions): Promise<StreamsResult> {
  const message = pattern(size)
  const start = performance.now()
  let begun = 0
  const worker = async (): Promise<void> => {
    while (begun < count) {
      begun += 1
      const stream = await session.openStream({ deadline: commandWithin })
      await writeAll(stream, message)
      stream.reset(1)
      stream.stopSending(1)
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  return { asked: count, echoed: count, failures: {}, milliseconds: performance.now() - start }
}

function bothWays(name: string, run: (end: End) => Promise<Figures>): Check<FlowControlPair> {
  return {
    name,
    run: async ({ session, ours, theirs }) => ({
      ours: await run(ours),
      theirs: await run(theirs),
      ledger: await settled(session),
    }),
  }
}

/** No stream stays alive, and no limit of the session ever left more than it should. */
async function settled(session: WebTransportSession): Promise<Figures> {
  const deadline = performance.now() + settleWithin
  for (;;) {
    const accounts = session.credit.accounts.filter(({ layer }) => layer === 'session')
    const figures = creditFigures(session.credit)
    for (const account of accounts) demand(withinWindow(account), 'a limit leaves more than the window', figures)
    if (accounts.every(({ live }) => live === 0)) return figures
    demand(performance.now() < deadline, 'streams stay alive', figures)
    await delay(lookEvery)
  }
}

/** A limit is what is over and the window; webtransport-go counts a stream as over before its last packet has arrived. */
function withinWindow({ kind, limit, opened }: AccountSnapshot): boolean {
  return limit !== null && limit - opened <= limits[kind]
}
