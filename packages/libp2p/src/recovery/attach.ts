import type { WebTransportConnection } from '../connection.ts'
import { rememberRecovery } from '../credit.ts'
import type { WebTransportComponents, WebTransportInit, WebTransportMetrics } from '../types.ts'
import { type ConnectionRecovery, DEFAULT_DRAIN_TIME, type RecoveryContext, type RecoveryOptions } from './recovery.ts'
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

/** What keeps a connection from standing still, for `attachRecovery`. */
export function recoveryContext(
  session: RenewableSession,
  { components, init, metrics }: RecoverySurroundings,
): RecoveryContext {
  return {
    session,
    options: optionsOf(init),
    log: components.logger.forComponent('libp2p:webtransport:recovery'),
    metrics: metrics.recovery,
  }
}

/** The connection is kept from standing still from now on. */
export function attachRecovery<R extends ConnectionRecovery>(connection: WebTransportConnection, recovery: R): R {
  rememberRecovery(connection.timeline, recovery)
  return recovery
}
