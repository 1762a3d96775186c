import type { WebTransportConnection } from '../connection.ts'
import { rememberRecovery } from '../credit.ts'
import type { WebTransportComponents, WebTransportInit, WebTransportMetrics } from '../types.ts'
import { ConnectionRecovery, DEFAULT_DRAIN_TIME, type RecoveryContext, type RecoveryOptions } from './recovery.ts'
import type { RenewableSession } from './renewable-session.ts'
import type { RetirementOptions } from './retired-session.ts'

interface RecoverySurroundings {
  readonly components: WebTransportComponents
  readonly init: WebTransportInit
  readonly metrics: WebTransportMetrics
}

function optionsOf({ recovery }: WebTransportInit): RecoveryOptions {
  return recovery === undefined || recovery === false ? {} : recovery
}

/** How the sessions of a connection are given up once they were replaced. @param closesIdle whether this end does it */
export function retirement(init: WebTransportInit, closesIdle: boolean): RetirementOptions {
  return { drainTime: optionsOf(init).drainTime ?? DEFAULT_DRAIN_TIME, closesIdle }
}

/** Keeps a connection from standing still from now on. @param dial absent: only the other end can dial */
export function recoverConnection(
  connection: WebTransportConnection,
  session: RenewableSession,
  { components, init, metrics }: RecoverySurroundings,
  dial?: RecoveryContext['dial'],
): ConnectionRecovery {
  const recovery = new ConnectionRecovery({
    session,
    options: optionsOf(init),
    log: components.logger.forComponent('libp2p:webtransport:recovery'),
    metrics: metrics.recovery,
    abort: (error) => connection.abort(error),
    ...(dial === undefined ? {} : { dial }),
  })
  rememberRecovery(connection.timeline, recovery)
  return recovery
}
