import type { Millis, StreamKind } from '@sluice/credit'
import type { Connection, SocketAddress, TransportParameters } from '@sluice/engine'
import { makeCertificate, watchedEngine } from '@sluice/engine/testing'
import { type PathConditions, VirtualClock, VirtualNetwork, virtualEngine } from '@sluice/engine/virtual'
import { connect, listen, type Server, type WebTransportSession } from '@sluice/webtransport'
import { NotInTimeError } from './errors.ts'
import type { Plan, Side, SidePlan } from './plan.ts'

/** One for all runs: its signatures have always the same length. */
const certificate = makeCertificate({ key: 'ed25519' })

/** A handshake over the worst network takes no longer. */
const CONNECT_BOUND: Millis = 60_000

/** Longer than any network here is silent for. */
const IDLE_TIMEOUT: Millis = 60_000

/** Two sessions and what is under them. */
export interface World {
  readonly clock: VirtualClock
  readonly network: VirtualNetwork
  readonly server: Server
  readonly sessions: Readonly<Record<Side, WebTransportSession>>
  /** The QUIC connection at each end, for faults that no application could cause. */
  readonly connections: Readonly<Record<Side, Connection>>
  /** Streams that the peer of each side could open at once at the start. */
  readonly windows: Readonly<Record<Side, Readonly<Record<StreamKind, number>>>>
  /** From now on nothing that these sides send gets through. */
  cut(senders: readonly Side[]): void
}

/** Makes a session over the network of a plan. @throws NotInTimeError */
export async function makeWorld(plan: Plan): Promise<World> {
  const clock = new VirtualClock()
  let serverPort = 0
  let unheard: readonly Side[] = []
  const conditions = ({ port }: SocketAddress): PathConditions =>
    unheard.includes(port === serverPort ? 'server' : 'client') ? { blocked: true } : plan.network.at(clock.now())
  const network = new VirtualNetwork({ clock, seed: plan.seed, conditions })
  const connections: Partial<Record<Side, Connection>> = {}
  const engine = watchedEngine(virtualEngine(network), (connection) => {
    connections[connection.side] = connection
  })
  let accepted: WebTransportSession | undefined
  const limits = {
    connectDeadline: CONNECT_BOUND,
    headerDeadline: CONNECT_BOUND,
    pendingTime: CONNECT_BOUND,
    // Streams may overtake the answer to CONNECT; those beyond the bound are refused, rightly, and would look lost.
    pendingStreams: 256,
  }
  const server = await listen({
    engine,
    clock,
    certificate,
    transport: transportOf(plan.sides.server),
    sessionFlowControl: plan.sessionLimits?.server ?? false,
    limits,
    onSession: (session) => {
      accepted = session
    },
  })
  serverPort = server.address.port
  const client = await inTime(
    clock,
    CONNECT_BOUND,
    'a session',
    connect(`https://127.0.0.1:${server.address.port}/`, {
      engine,
      clock,
      serverCertificateHashes: [certificate.hash],
      transport: transportOf(plan.sides.client),
      sessionFlowControl: plan.sessionLimits?.client ?? false,
      limits,
      deadline: CONNECT_BOUND,
    }),
  )
  const { client: near, server: far } = connections
  if (accepted === undefined || near === undefined || far === undefined)
    throw new NotInTimeError('no session at the server')
  return {
    clock,
    network,
    server,
    sessions: { client, server: accepted },
    connections: { client: near, server: far },
    cut: (senders) => {
      unheard = senders
    },
    windows: { client: windowsOf(near.transportParameters), server: windowsOf(far.transportParameters) },
  }
}

/** Lets virtual time pass until a promise settles. @throws NotInTimeError, and what the promise rejects with */
export async function inTime<T>(clock: VirtualClock, bound: Millis, what: string, promise: Promise<T>): Promise<T> {
  let settled = false
  const settle = (): void => {
    settled = true
  }
  promise.then(settle, settle)
  const outcome = await clock.run(clock.now() + bound, () => settled)
  if (outcome === 'done') return await promise
  const why = outcome === 'idle' ? 'nothing is left that could bring it about' : `${bound} ms have passed`
  throw new NotInTimeError(`${what} never came: ${why}`)
}

function transportOf(side: SidePlan) {
  const { maxIncomingBidi, maxIncomingUni, streamReceiveWindow, receiveWindow } = side
  return {
    maxIncomingBidi,
    maxIncomingUni,
    streamReceiveWindow,
    receiveWindow,
    handshakeTimeout: CONNECT_BOUND,
    idleTimeout: IDLE_TIMEOUT,
    keepAlive: IDLE_TIMEOUT / 6,
  }
}

function windowsOf(parameters: TransportParameters): Record<StreamKind, number> {
  return { bidi: parameters.initialMaxStreamsBidi, uni: parameters.initialMaxStreamsUni }
}
