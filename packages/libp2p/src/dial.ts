import type { Connection, DialTransportOptions, Logger, StreamMuxerFactory } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Session } from '@sluice/webtransport'
import { CustomProgressEvent } from 'progress-events'
import { type DialTarget, dialTarget, named } from './address.ts'
import { ABORTED, WebTransportConnection } from './connection.ts'
import type { KnownExchanges } from './exchanges.ts'
import { DEFAULT_STREAM_LIMITS } from './limits.ts'
import { muxerFactory } from './muxer.ts'
import { secureOutbound } from './noise.ts'
import { attachRecovery, recoveryContext, retirement } from './recovery/attach.ts'
import { DiallerRecovery } from './recovery/dialler-recovery.ts'
import type { ConnectionRecovery } from './recovery/recovery.ts'
import { RenewableSession } from './recovery/renewable-session.ts'
import type { WebTransportComponents, WebTransportDialEvents, WebTransportInit, WebTransportMetrics } from './types.ts'

/** Opens a session to the target; on the signal it cleans up and rejects with its reason. */
export type OpenSession = (
  target: DialTarget,
  signal: AbortSignal,
  onProgress?: (event: WebTransportDialEvents) => void,
) => Promise<Session>

export interface DialContext {
  readonly components: WebTransportComponents
  readonly init: WebTransportInit
  readonly log: Logger
  readonly metrics: WebTransportMetrics
  readonly openSession: OpenSession
}

/**
 * Dials a libp2p node over WebTransport: a session, Noise on its first stream, then js-libp2p's upgrader. Whatever
 * fails on the way, the session is gone afterwards.
 *
 * @throws the errors of `dialTarget`, `secureOutbound` and the session; the signal's reason
 */
export async function dial(
  address: Multiaddr,
  options: DialTransportOptions<WebTransportDialEvents>,
  context: DialContext,
): Promise<Connection> {
  options.signal.throwIfAborted()
  const recovers = context.init.recovery !== false
  const target = recovers ? named(dialTarget(address), crypto.randomUUID()) : dialTarget(address)
  const { components, log } = context
  const events = context.metrics.dialerEvents
  log('dialing %a', address)
  events?.increment({ pending: true })
  options.onProgress?.(new CustomProgressEvent('webtransport:wait-for-session'))
  let session: Session
  try {
    session = await context.openSession(target, options.signal, options.onProgress)
  } catch (error) {
    events?.increment({ [options.signal.aborted ? 'ready_timeout' : 'ready_error']: true })
    throw error
  }
  events?.increment({ ready: true, open: true })
  const renewable = recovers ? new RenewableSession(session, retirement(context.init, true)) : session
  const connection = new WebTransportConnection({
    session: renewable,
    remoteAddr: address,
    direction: 'outbound',
    log: components.logger.forComponent('libp2p:webtransport:connection'),
    metrics: events,
  })
  let step = 'noise'
  try {
    const remotePeer = await authenticate(session, target, options, context)
    step = 'upgrade'
    const recovery =
      renewable instanceof RenewableSession
        ? attachRecovery(
            connection,
            new DiallerRecovery({
              ...recoveryContext(renewable, context),
              dial: (signal) => openFresh({ ...target, remotePeer }, signal, context),
              abort: (error) => connection.abort(error),
            }),
          )
        : undefined
    return await options.upgrader.upgradeOutbound(connection, {
      ...options,
      skipEncryption: true,
      skipProtection: true,
      remotePeer,
      muxerFactory: sessionMuxer(
        renewable,
        context.init,
        context.metrics,
        recovery,
        await exchangesOn(session, context.init),
      ),
    })
  } catch (error) {
    events?.increment({ [`${step}_${options.signal.aborted ? 'timeout' : 'error'}`]: true })
    connection.abort(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}

/** What is known of protocols, where STOP_SENDING spoils what is still to be read; no other page loads it. */
async function exchangesOn(session: Session, init: WebTransportInit): Promise<KnownExchanges | undefined> {
  if (session.profile.strategy.stopEnds !== 'both-halves') return undefined
  const { KnownExchanges } = await import('./exchanges.ts')
  return new KnownExchanges(init.exchanges)
}

/** The muxer of a session, set up as the user wants it. */
export function sessionMuxer(
  session: Session,
  init: WebTransportInit,
  { streamBytes }: WebTransportMetrics,
  recovery?: ConnectionRecovery,
  exchanges?: KnownExchanges,
): StreamMuxerFactory {
  return muxerFactory({
    session,
    limits: { ...DEFAULT_STREAM_LIMITS, ...init.streamLimits },
    openDeadline: init.openDeadline ?? 10_000,
    maxOutboundStreams: init.maxOutboundStreams ?? Number.POSITIVE_INFINITY,
    streamOptions: init.streamOptions ?? {},
    exchanges,
    streamBytes,
    recovery,
  })
}

/** Another session with the same peer, who proves it; whatever fails, the session is gone afterwards. */
async function openFresh(target: DialTarget, signal: AbortSignal, context: DialContext): Promise<Session> {
  const session = await context.openSession(target, signal)
  try {
    await authenticate(session, target, { signal }, context)
    return session
  } catch (error) {
    session.abort(ABORTED, 'not the same peer')
    throw error
  }
}

async function authenticate(
  session: Session,
  target: DialTarget,
  options: Pick<DialTransportOptions<WebTransportDialEvents>, 'signal' | 'onProgress'>,
  context: DialContext,
) {
  options.onProgress?.(new CustomProgressEvent('webtransport:open-authentication-stream'))
  const wire = await session.openStream({ signal: options.signal })
  options.onProgress?.(new CustomProgressEvent('webtransport:secure-outbound-connection'))
  const peer = await secureOutbound(context.components, wire, {
    signal: options.signal,
    log: context.log,
    certhashes: target.certhashes,
    remotePeer: target.remotePeer,
  })
  options.onProgress?.(new CustomProgressEvent('webtransport:close-authentication-stream'))
  return peer
}
