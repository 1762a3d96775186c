import type { Logger, PeerId, Upgrader } from '@libp2p/interface'
import type { Session, SessionStream, WebTransportSession } from '@sluice/webtransport'
import { WebTransportConnection } from '../connection.ts'
import { sessionMuxer } from '../dial.ts'
import { HandshakeTimeoutError, RotationRefusedError, SessionClosedError } from '../errors.ts'
import { secureInbound } from '../noise.ts'
import { attachRecovery, recoveryContext, retirement } from '../recovery/attach.ts'
import { ListenerRecovery } from '../recovery/listener-recovery.ts'
import { RenewableSession } from '../recovery/renewable-session.ts'
import type { ListenerMetrics, WebTransportComponents, WebTransportInit } from '../types.ts'
import type { Admission } from './admission.ts'
import type { CertificateSource } from './certificates/source.ts'
import { dialerAddress } from './listen-address.ts'
import type { StandingConnections } from './standing.ts'
import { refuseUnwanted } from './unwanted.ts'

export interface InboundContext {
  readonly components: WebTransportComponents
  readonly upgrader: Upgrader
  readonly init: WebTransportInit
  readonly log: Logger
  readonly metrics: ListenerMetrics
  readonly certificates: CertificateSource
  readonly admission: Admission
  readonly standing: StandingConnections
  /** Fires when the listener closes. */
  readonly shutdown: AbortSignal
}

/**
 * A session that a client opened becomes a libp2p connection, or part of one that stands, or goes. It is in the
 * listener's hands from this turn on.
 *
 * @param name what the client calls the connection that the session is for
 */
export function acceptSession(
  session: WebTransportSession,
  name: string | undefined,
  context: InboundContext,
): WebTransportConnection {
  refuseUnwanted(session)
  const renewable = new RenewableSession(session, retirement(context.init, false))
  const connection = new WebTransportConnection({
    session: renewable,
    remoteAddr: dialerAddress(session.remoteAddress),
    direction: 'inbound',
    log: context.components.logger.forComponent('libp2p:webtransport:connection'),
    metrics: context.metrics.listenerEvents,
  })
  connection.addEventListener('close', context.admission.beginConnection(), { once: true })
  void upgrade({ session, renewable, connection, name }, context)
  return connection
}

interface Inbound {
  readonly session: Session
  readonly renewable: RenewableSession
  readonly connection: WebTransportConnection
  readonly name: string | undefined
}

async function upgrade({ session, renewable, connection, name }: Inbound, context: InboundContext): Promise<void> {
  const { components, upgrader, init, log, metrics, certificates, admission, shutdown } = context
  const events = metrics.listenerEvents
  const endHandshake = admission.beginHandshake()
  const signal = upgrader.createInboundAbortSignal(shutdown)
  let step = 'noise'
  try {
    const late = AbortSignal.timeout(admission.limits.handshakeTimeout)
    const wire = await firstStream(session, AbortSignal.any([signal, late]))
    const remotePeer = await secureInbound(components, wire, {
      signal: AbortSignal.any([signal, late]),
      log,
      certhashes: certificates.confirmed,
    })
    endHandshake()
    step = 'upgrade'
    const standing = name === undefined ? undefined : context.standing.get(remotePeer, name)
    if (standing !== undefined) {
      if (!standing.mayAdopt) throw new RotationRefusedError('a fresh session came too soon after the last')
      standing.adopt(renewable.release())
      return
    }
    const recovery = recover(connection, renewable, remotePeer, name, context)
    connection.remoteAddr = connection.remoteAddr.encapsulate(`/p2p/${remotePeer}`)
    await upgrader.upgradeInbound(connection, {
      skipEncryption: true,
      skipProtection: true,
      remotePeer,
      muxerFactory: sessionMuxer(renewable, init, metrics, recovery),
      signal,
    })
    events?.increment({ open: true })
  } catch (error) {
    log.error('inbound connection from %a failed at %s - %e', connection.remoteAddr, step, error)
    events?.increment({ [`${step}_error`]: true })
    // The upgrader refuses without touching the connection.
    connection.abort(error instanceof Error ? error : new Error(String(error)))
  } finally {
    endHandshake()
    signal.clear()
  }
}

/** What keeps the connection from standing still, and how a fresh session for it is known. */
function recover(
  connection: WebTransportConnection,
  renewable: RenewableSession,
  remotePeer: PeerId,
  name: string | undefined,
  context: InboundContext,
): ListenerRecovery | undefined {
  if (context.init.recovery === false) return undefined
  const recovery = attachRecovery(connection, new ListenerRecovery(recoveryContext(renewable, context)))
  if (name !== undefined) renewable.closed.then(context.standing.add(remotePeer, name, recovery))
  return recovery
}

/** The stream for Noise is the first that the client opens; those behind it wait, with their credit, for the muxer. */
function firstStream(session: Session, signal: AbortSignal): Promise<SessionStream> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      session.onStream = undefined
      signal.removeEventListener('abort', onAbort)
    }
    const onAbort = (): void => {
      settle()
      reject(
        new HandshakeTimeoutError('the peer opened no stream for Noise in time', {
          cause: signal.reason,
          remote: true,
        }),
      )
    }
    signal.addEventListener('abort', onAbort, { once: true })
    session.closed.then(() => {
      settle()
      reject(new SessionClosedError('the session ended before Noise', { remote: true }))
    })
    session.onStream = (stream) => {
      settle()
      resolve(stream)
    }
    if (signal.aborted) onAbort()
  })
}
