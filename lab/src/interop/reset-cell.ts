import { setTimeout as delay } from 'node:timers/promises'
import type { StreamCounts } from '@sluice/credit'
import type { Connection, Endpoint } from '@sluice/engine'
import { makeCertificate } from '@sluice/engine/testing'
import { labEngine } from '../engine.ts'
import { Relay } from '../impairment/relay.ts'
import { within } from '../peers/event-log.ts'
import { type ResetStreamsOptions, type ResetTally, startQuicGo } from '../peers/quic-go.ts'
import { EnginePeer } from '../reset/engine-peer.ts'
import { type Check, demand, type Figures } from './check.ts'

const alpn = ['sluice-lab']
const startWithin = 20_000
const settleWithin = 20_000
const lookEvery = 50

/** Twenty times what the quic-go peer has open at once: a stream whose credit does not come back stalls the run. */
const count = 640
const code = 77
/** Bidirectional streams that the peer may have open at once, as few as quic-go's. */
const limit = 32

type QuicGo = Awaited<ReturnType<typeof startQuicGo>>

/** A connection between quic-go and our engine through a relay that loses packets. */
export interface ResetPair {
  readonly quicGo: QuicGo
  readonly ours: EnginePeer
  readonly relay: Relay
  close(): Promise<void>
}

export const resetChecks: readonly Check<ResetPair>[] = [
  {
    name: 'RESET_STREAM_AT negotiated',
    run: async ({ quicGo, ours }) => {
      const supported = await quicGo.request('supported', { timeout: 5_000 })
      const parameter = ours.connection.peerTransportParameters?.resetStreamAt
      demand(supported.Local && supported.Remote && parameter === true, 'not offered by both', { supported, parameter })
      return { ...supported }
    },
  },
  by('quic-go', 'short streams', { reliable: 100, unreliable: 2_000 }),
  by('quic-go', 'long streams', { reliable: 8_000, unreliable: 8_000 }),
  by('us', 'short streams', { reliable: 100, unreliable: 2_000 }),
  by('us', 'long streams', { reliable: 8_000, unreliable: 8_000 }),
  { name: 'credit came back', run: settled },
]

/** Starts both ends; the loss begins when the connection stands. */
export async function connectResetPair(dialer: string, loss: number): Promise<ResetPair> {
  const pair = dialer === 'engine' ? await weDial() : await quicGoDials()
  pair.relay.impair({ toServer: { loss }, toClient: { loss } })
  return pair
}

async function weDial(): Promise<ResetPair> {
  const quicGo = await startQuicGo(['serve'])
  const listening = await quicGo.started('listening', startWithin)
  if (listening.event !== 'listening') throw new RangeError('the first line of a server is where it listens')
  const relay = await Relay.start({ target: listening.port, seed: 1 })
  const endpoint = await labEngine().bind({ host: '127.0.0.1', transport: { maxIncomingBidi: limit } })
  const connection = endpoint.connect(
    { host: '127.0.0.1', port: relay.port },
    {
      alpn,
      serverName: '127.0.0.1',
      verify: { certificateHashes: [Uint8Array.from(Buffer.from(listening.certificateHash, 'hex'))] },
    },
  )
  const ours = new EnginePeer(connection)
  await within(connected(connection), startWithin, 'our connection to quic-go')
  await quicGo.started('connected', startWithin)
  return { quicGo, ours, relay, close: () => end(quicGo, endpoint, relay) }
}

async function quicGoDials(): Promise<ResetPair> {
  const certificate = makeCertificate()
  const accepted = Promise.withResolvers<EnginePeer>()
  const endpoint = await labEngine().bind({
    host: '127.0.0.1',
    transport: { maxIncomingBidi: limit },
    server: { alpn, certificate },
    onConnection: (connection) => accepted.resolve(new EnginePeer(connection)),
  })
  const relay = await Relay.start({ target: endpoint.address.port, seed: 1 })
  const hash = Buffer.from(certificate.hash).toString('hex')
  const quicGo = await startQuicGo(['dial', `127.0.0.1:${relay.port}`, hash])
  await quicGo.started('connected', startWithin)
  const ours = await within(accepted.promise, startWithin, 'the connection of quic-go')
  return { quicGo, ours, relay, close: () => end(quicGo, endpoint, relay) }
}

function connected(connection: Connection): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  connection.events = {
    ...connection.events,
    connected: resolve,
    closed: (reason) => reject(new RangeError(`the connection ended: ${JSON.stringify(reason)}`)),
  }
  return promise
}

async function end(quicGo: QuicGo, endpoint: Endpoint, relay: Relay): Promise<void> {
  await endpoint.close()
  await quicGo.stop()
  await relay.close()
}

function by(
  opener: 'quic-go' | 'us',
  kind: string,
  sizes: { readonly reliable: number; readonly unreliable: number },
): Check<ResetPair> {
  return {
    name: `${kind} reset by ${opener}`,
    run: async (pair) => {
      const options: ResetStreamsOptions = { count, width: limit, code, timeout: 120_000, ...sizes }
      const start = performance.now()
      const before = await tally(pair, opener)
      if (opener === 'us') await pair.ours.resetStreams(options)
      else await pair.quicGo.request('reset-streams', options)
      const after = await tally(pair, opener)
      const got = {
        streams: after.streams - before.streams,
        intact: after.intact - before.intact,
        codes: (after.codes[code] ?? 0) - (before.codes[code] ?? 0),
        beyond: after.beyond - before.beyond,
        faults: after.faults ?? [],
        milliseconds: Math.round(performance.now() - start),
      }
      demand(got.intact === count && got.codes === count, `${got.intact} of ${count} streams are intact`, got)
      return { ...got, relay: pair.relay.counts }
    },
  }
}

/** What the other end of the opener received. */
async function tally({ quicGo, ours }: ResetPair, opener: 'quic-go' | 'us'): Promise<ResetTally> {
  return opener === 'us' ? await quicGo.request('received', {}) : structuredClone(ours.received)
}

async function settled({ ours }: ResetPair): Promise<Figures> {
  const deadline = performance.now() + settleWithin
  for (;;) {
    const accounts: Record<string, StreamCounts> = {
      'by us': ours.connection.streamCounts('bidi', 'us'),
      'by quic-go': ours.connection.streamCounts('bidi', 'them'),
    }
    if (Object.values(accounts).every(({ opened, retired }) => opened > 0 && opened === retired)) return accounts
    demand(performance.now() < deadline, 'streams stay alive', accounts)
    await delay(lookEvery)
  }
}
