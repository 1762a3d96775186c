import {
  type AccountEvidence,
  type CreditAccount,
  type DataEvidence,
  type DataFrames,
  DataWatch,
  judge,
  judgeData,
  type LagMeter,
  lossTimeFor,
  type Millis,
  type Opener,
  patienceFor,
  RefillLearner,
  type RefillPolicy,
  reserveOf,
  type StreamKind,
  type StreamRecord,
  type Verdict,
  WindowWatch,
} from '@sluice/credit'
import type { Connection, ConnectionStats, FrameCounts } from '@sluice/engine'
import type { Clock } from '../clock.ts'
import type { SessionLedger } from './ledger.ts'

/** What quinn-proto and our governor do with the limits that we grant. */
const OUR_REFILL: RefillPolicy = { kind: 'step', fraction: 1 / 8 }

export interface SessionJudgeOptions {
  readonly quic: Connection
  readonly clock: Clock
  readonly ledger: SessionLedger
  readonly lag: LagMeter
  /** Streams that an end keeps back for reserved opens at most. */
  readonly reserve: number
}

/** Says what a session suffers from: gathers the evidence of its connection and hands it to `judge`. */
export class SessionJudge {
  /** When the peer gives credit back, as its profile says; as long as it does not, what was learned counts. */
  refill: RefillPolicy = { kind: 'unknown' }
  /** What session flow control knows of data, where it is on. */
  sessionData: () => readonly DataEvidence[] = () => []
  /** Called when somebody here begins to wait. */
  onWait: (() => void) | undefined
  readonly #options: SessionJudgeOptions
  readonly #learners: Readonly<Record<StreamKind, RefillLearner>>
  readonly #windows: Readonly<Record<StreamKind, WindowWatch>>
  readonly #ourWrites = new DataWatch()
  readonly #theirWrites = new DataWatch()

  constructor(options: SessionJudgeOptions) {
    this.#options = options
    this.#windows = { bidi: this.#windowWatch('bidi'), uni: this.#windowWatch('uni') }
    this.#learners = { bidi: this.#learner('bidi'), uni: this.#learner('uni') }
    for (const account of options.ledger.everyAccount) account.onBlocked = () => this.onWait?.()
  }

  /** The peer raised its limit. */
  raised(kind: StreamKind): void {
    const { quic, ledger } = this.#options
    const counts = quic.streamCounts(kind, 'us')
    this.#learners[kind].raised(counts)
    this.#windows[kind].raised(counts, () => {
      let finished = 0
      for (const { send } of ledger.streams(kind, 'us')) if (send !== 'open') finished += 1
      return finished
    })
  }

  /** A write found no room, or found some after it had waited. */
  writeWaits(record: StreamRecord, waits: boolean): void {
    record.waitToWrite(waits)
    const { clock, quic } = this.#options
    if (!waits) {
      this.#ourWrites.moves()
      return
    }
    this.#ourWrites.waits(clock.now(), () => dataFrames(quic.stats(), 'us'))
    this.onWait?.()
  }

  /** A half on which a write waited is over; the wait of all ends with that of the last. */
  waitingWriteOver(): void {
    if (![...this.#options.ledger.all].some(({ writeWaits }) => writeWaits)) this.#ourWrites.moves()
  }

  /** Somebody waits for credit or for room, so that something may be wrong. */
  get waiting(): boolean {
    const { ledger } = this.#options
    if (this.#ourWrites.waiting && [...ledger.all].some(({ writeWaits }) => writeWaits)) return true
    return ledger.everyAccount.some(
      ({ key: { opener }, waiting, available }) => waiting || (opener === 'them' && available === 0),
    )
  }

  /** How long credit may be under way, now. */
  get patience(): Millis {
    return patienceFor(this.#options.quic.stats())
  }

  /** What the streams suffer from, if anything. @param over the session has ended */
  verdict(over: boolean): Verdict {
    return this.#judge(this.#options.ledger.limitedAccounts, Number.POSITIVE_INFINITY, over)
  }

  /** Why an open of this kind got nothing for so long. */
  openVerdict(kind: StreamKind, waited: Millis): Verdict {
    return this.#judge([this.#options.ledger.openAccount(kind)], waited, false)
  }

  #judge(accounts: readonly CreditAccount[], longestPatience: Millis, over: boolean): Verdict {
    const { quic, clock, lag } = this.#options
    const stats = quic.stats()
    const now = clock.now()
    const data = [...this.sessionData(), this.#dataOf('us', stats, now), this.#dataOf('them', stats, now)]
    return judge({
      now,
      patience: Math.min(patienceFor(stats), longestPatience),
      lossTime: lossTimeFor(stats),
      eventLoopLag: lag.lately(now),
      over,
      accounts: accounts.map((account) => this.#evidence(account, stats)),
      data: (...times) => data.flatMap((each) => judgeData(each, ...times) ?? []),
    })
  }

  #evidence(account: CreditAccount, { frames }: ConnectionStats): AccountEvidence {
    const { ledger, reserve } = this.#options
    const { kind, opener } = account.key
    const streams = ledger.streams(kind, opener)
    const { peak, lastOpenedAt, lastRetiredAt, lifetime } = streams
    return {
      account: ledger.refreshed(account),
      window: account.key.layer === 'session' ? ledger.initialLimit(account) : this.#window(kind, opener),
      largestWindow: account.key.layer === 'quic' && opener === 'us' ? this.#windows[kind].largest : null,
      streams,
      peak,
      lastOpenedAt,
      lastServedAt: account.lastServedAt,
      lastRetiredAt,
      lifetime,
      refill: this.#refillOf(account),
      blockedFrames:
        ledger.blockedCapsules(account) ?? blockedFrames(opener === 'us' ? frames.sent : frames.received, kind),
      reserve: reserveOf(ledger.counts(account), reserve),
      other: null,
    }
  }

  #dataOf(writer: Opener, stats: ConnectionStats, now: Millis): DataEvidence {
    const { ledger } = this.#options
    const frames = dataFrames(stats, writer)
    return {
      layer: 'quic',
      writer,
      blockedSince: writer === 'us' ? this.#ourWrites.blockedSince(frames) : this.#theirWrites.look(frames, now),
      frames,
      streams: ledger.all,
    }
  }

  #learner(kind: StreamKind): RefillLearner {
    return new RefillLearner(this.#window(kind, 'us') ?? 0)
  }

  #windowWatch(kind: StreamKind): WindowWatch {
    return new WindowWatch(this.#window(kind, 'us') ?? 0)
  }

  #refillOf({ key: { layer, kind, opener } }: CreditAccount): RefillPolicy {
    if (opener === 'them') return OUR_REFILL
    // What is known and learned of the peer is what its QUIC stack does.
    if (layer === 'session') return { kind: 'unknown' }
    return this.refill.kind === 'unknown' ? this.#learners[kind].policy : this.refill
  }

  /** What the limit was at the start of the connection; the owner of a limit is not its user. */
  #window(kind: StreamKind, opener: Opener): number | null {
    const { quic } = this.#options
    const parameters = opener === 'us' ? quic.peerTransportParameters : quic.transportParameters
    if (parameters === undefined) return null
    return kind === 'bidi' ? parameters.initialMaxStreamsBidi : parameters.initialMaxStreamsUni
  }
}

function blockedFrames(counts: FrameCounts, kind: StreamKind): number {
  return kind === 'bidi' ? counts.streamsBlockedBidi : counts.streamsBlockedUni
}

/** Whoever writes sends DATA_BLOCKED, and gets MAX_DATA. */
function dataFrames({ frames: { sent, received } }: ConnectionStats, writer: Opener): DataFrames {
  return writer === 'us'
    ? { dataBlocked: sent.dataBlocked, maxData: received.maxData }
    : { dataBlocked: received.dataBlocked, maxData: sent.maxData }
}
