import { CreditAccount } from '../account.ts'
import type { AccountEvidence } from '../account-verdict.ts'
import { StreamLedger } from '../ledger.ts'
import type { StreamRecord } from '../live-stream.ts'
import type { RefillPolicy } from '../refill.ts'
import type { Opener, StreamKind } from '../types.ts'
import { type CreditEvidence, judge, type Verdict } from '../verdict.ts'

/** What a test says of one account; times in milliseconds before now, which is 10,000. */
export interface Scene {
  readonly opener: Opener
  readonly kind?: StreamKind
  readonly window?: number | null
  readonly largestWindow?: number
  /** What the peer, or we, gave back. */
  readonly raised?: number
  /** Streams that came and went before, each 100 ms long unless `lifetime` says otherwise. */
  readonly over?: number
  readonly overFor?: number
  readonly lifetime?: number
  /** Live streams: how many, since when, and what happened to each. */
  readonly live?: readonly (readonly [count: number, age: number, happened?: (record: StreamRecord) => void])[]
  readonly waitsFor?: number
  /** How long ago an open that had waited got its stream. */
  readonly servedAgo?: number
  readonly blockedFrames?: number
  readonly refill?: RefillPolicy
  readonly reserve?: number
}

export const NOW = 10_000

export const QUIET: CreditEvidence = {
  now: NOW,
  patience: 200,
  lossTime: 0,
  eventLoopLag: 0,
  over: false,
  accounts: [],
}

/** What is known of an account in such a scene. */
export function evidence(scene: Scene): AccountEvidence {
  const { opener, kind = 'bidi', window = 16, raised = 0, over = 0, overFor = 5_000, lifetime = 100, live = [] } = scene
  const account = new CreditAccount({ layer: 'quic', kind, opener }, (window ?? 16) + raised)
  const ledger = new StreamLedger(account)
  let id = 0
  for (let index = 0; index < over; index += 1, id += 4) {
    ledger.retire(ledger.open(id, NOW - overFor - lifetime), NOW - overFor)
  }
  for (const [count, age, happened] of live)
    for (let index = 0; index < count; index += 1, id += 4) happened?.(ledger.open(id, NOW - age))
  if (scene.waitsFor !== undefined) account.wait(NOW - scene.waitsFor)
  if (scene.servedAgo !== undefined) {
    account.wait(NOW - scene.servedAgo)
    account.serve(NOW - scene.servedAgo)
  }
  return {
    account: account.snapshot(),
    window,
    largestWindow: scene.largestWindow ?? null,
    streams: ledger,
    peak: ledger.peak,
    lastOpenedAt: ledger.lastOpenedAt,
    lastServedAt: account.lastServedAt,
    lastRetiredAt: ledger.lastRetiredAt,
    lifetime: ledger.lifetime,
    blockedFrames: scene.blockedFrames ?? 0,
    refill: scene.refill ?? { kind: 'unknown' },
    other: null,
    reserve: scene.reserve ?? 0,
  }
}

/** The verdict on accounts in such scenes. */
export function verdict(...scenes: readonly Scene[]): Verdict {
  return judge({ ...QUIET, accounts: scenes.map(evidence) })
}

export const untouched = (): void => {}
export const accepted = (record: StreamRecord): void => record.accept(record.openedAt)
export const endRead = (record: StreamRecord): void => record.endReceive('ended', record.openedAt)
export const ourHalfLeft = (record: StreamRecord): void => {
  accepted(record)
  endRead(record)
}
export const unanswered = (record: StreamRecord): void => record.expectAnswer()
export const finished = (record: StreamRecord): void => record.finish(record.openedAt)
export const finishedNow = (record: StreamRecord): void => record.finish(NOW - 10)
export const answered = (record: StreamRecord): void => {
  finished(record)
  record.read(1, NOW - 10)
}
export const closed = (record: StreamRecord): void => {
  record.finish(record.openedAt)
  record.endReceive('stopped', record.openedAt)
}
export const closedNow = (record: StreamRecord): void => {
  record.finish(NOW - 10)
  record.endReceive('ended', NOW - 10)
}
