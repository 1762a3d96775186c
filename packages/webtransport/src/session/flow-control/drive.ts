import type { SessionFlowControlTerms } from '@sluice/h3'
import type { Clock } from '../../clock.ts'
import type { ConnectStream } from '../connect-stream.ts'
import type { SessionLedger } from '../ledger.ts'
import type { SessionJudge } from '../session-judge.ts'
import type { SessionStreams } from '../session-streams.ts'
import { FlowControlDriver } from './flow-control-driver.ts'

/** The parts of a session that its flow control works on; those that are made after it are asked for. */
export interface DrivenParts {
  readonly clock: Clock
  readonly ledger: SessionLedger
  readonly judge: SessionJudge
  readonly connect: () => ConnectStream
  readonly streams: () => SessionStreams
}

/** Sets the flow control of a session up. */
export function driveFlowControl(terms: SessionFlowControlTerms, parts: DrivenParts): FlowControlDriver {
  const { clock, ledger, judge, connect, streams } = parts
  const driver = new FlowControlDriver(terms, {
    hasRoom: () => connect().hasRoom,
    send: (capsule) => connect().sendFlowControl(capsule),
    limited: (kind, opener, limit) => ledger.limited(kind, opener, limit),
    blocked: (kind, opener) => ledger.blocked(kind, opener),
    openable: (kind) => streams().openable(kind),
    fail: (error) => connect().fail(error),
    clock,
  })
  judge.sessionData = () =>
    (['us', 'them'] as const).map((writer) => {
      const { blockedSince, capsules } = driver.data(writer)
      return { layer: 'session', writer, blockedSince, frames: capsules, streams: ledger.all }
    })
  return driver
}
