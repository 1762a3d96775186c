import {
  type AccountEvidence,
  CreditAccount,
  type CreditSnapshot,
  type Judge,
  judge,
  LagMeter,
  type LiveStream,
  type Millis,
  type Opener,
  type OtherEnd,
  StreamLedger,
  type StreamRecord,
  type Verdict,
  VerdictWatch,
} from '@sluice/credit'
import type { OtherCounts } from '@sluice/webtransport'
import { Timer } from '../timer.ts'

/** A page does not learn its round-trip time, from which this would follow. */
const PATIENCE: Millis = 500

/** The times of a page. */
const clock = {
  now: () => Date.now(),
  after: (delay: Millis, run: () => void) => {
    const timer = new Timer(run)
    timer.arm(delay)
    return () => timer.disarm()
  },
}

/**
 * The credit of a session in a page. The browser hides every limit and the ids of streams, so it is a count of our own;
 * a stream's number is the place in which it was opened. What the other end counts makes verdicts exact, as long as
 * nothing has happened here since it was told.
 */
export class BrowserLedger implements Judge {
  readonly patience = PATIENCE
  readonly watch: VerdictWatch
  readonly #streams: Readonly<Record<Opener, StreamLedger>> = { us: ledgerOf('us'), them: ledgerOf('them') }
  readonly #lag = new LagMeter()
  #others: Readonly<Record<Opener, OtherEnd>> | undefined
  #made = 0

  constructor() {
    this.watch = new VerdictWatch({ clock, lag: this.#lag, judge: this })
    this.openAccount.onBlocked = () => this.watch.arm()
  }

  /** The account that opens wait in. */
  get openAccount(): CreditAccount {
    return this.#streams.us.account
  }

  get credit(): CreditSnapshot {
    const { us, them } = this.#streams
    return { exact: false, accounts: [us.account.snapshot(), them.account.snapshot()] }
  }

  /** At most `max` live streams, oldest first. */
  liveStreams(max: number): readonly LiveStream[] {
    const all = [...this.#streams.us, ...this.#streams.them].sort((a, b) => a.id - b.id)
    return all.slice(0, max).map((record) => record.snapshot())
  }

  opened(opener: Opener): StreamRecord {
    return this.#streams[opener].open(this.#made++, clock.now())
  }

  /** Both halves of a stream are over as far as the browser tells. */
  retired(record: StreamRecord): void {
    this.#streams[record.opener].retire(record, clock.now())
  }

  /** The other end has said what it counts. */
  hear({ us, them }: OtherCounts): void {
    const heardAt = clock.now()
    const { opened, live } = this.#streams.them.account.snapshot()
    // One that it cut off before it was seen here is not among the live ones, and one that is over here and not yet there
    // is not among those that were opened.
    const undelivered = them.opened > opened && them.live > live
    const undeliveredSince = undelivered ? (this.#undeliveredSince ?? heardAt) : null
    this.#others = { us: { ...us, heardAt, undeliveredSince: null }, them: { ...them, heardAt, undeliveredSince } }
    // It may be armed already, for something else, and then looks too early.
    if (undeliveredSince !== null && heardAt - undeliveredSince >= PATIENCE) this.watch.look()
    else if (them.waiting > 0 || undelivered) this.watch.arm()
  }

  /** What was heard before, as long as no stream of the peer's has come since. */
  get #undeliveredSince(): Millis | null {
    const since = this.#others?.them.undeliveredSince ?? null
    return since !== null && since >= (this.#streams.them.lastOpenedAt ?? 0) ? since : null
  }

  get waiting(): boolean {
    return this.openAccount.waiting
  }

  verdict(over: boolean): Verdict {
    const now = clock.now()
    return judge({
      now,
      patience: PATIENCE,
      lossTime: 0,
      eventLoopLag: this.#lag.lately(now),
      over,
      accounts: [this.#evidence('us'), this.#evidence('them')],
    })
  }

  #evidence(opener: Opener): AccountEvidence {
    const streams = this.#streams[opener]
    const { account, peak, lastOpenedAt, lastRetiredAt, lifetime } = streams
    return {
      account: account.snapshot(),
      window: null,
      largestWindow: null,
      streams,
      peak,
      lastOpenedAt,
      lastServedAt: account.lastServedAt,
      lastRetiredAt,
      lifetime,
      refill: { kind: 'unknown' },
      blockedFrames: 0,
      reserve: 0,
      other: this.#others?.[opener] ?? null,
    }
  }
}

function ledgerOf(opener: Opener): StreamLedger {
  return new StreamLedger(new CreditAccount({ layer: 'quic', kind: 'bidi', opener }, null))
}
