import {
  type AccountSnapshot,
  type CreditAccount,
  type CreditSnapshot,
  judge,
  type LiveStream,
  type Millis,
  type Opener,
  patienceFor,
  RefillLearner,
  type RefillPolicy,
  reserveOf,
  type StreamCounts,
  type StreamKind,
  StreamLedger,
  type StreamRecord,
  type Verdict,
} from '@sluice/credit'
import type { Connection, FrameCounts } from '@sluice/engine'
import type { Clock } from '../clock.ts'
import { LayerAccounts } from '../connection/accounts.ts'

/** What quinn-proto does with the limits that we grant. */
const OUR_REFILL: RefillPolicy = { kind: 'step', fraction: 1 / 8 }

/**
 * The credit of a session: exact counts of the QUIC connection under it, and the session's own streams one by one.
 *
 * The quic layer counts every stream, the CONNECT stream and the control streams too. The session layer counts only
 * streams that carry the application's data, so it comes back to live 0 while the session still stands. It has limits
 * where session flow control is on (draft-ietf-webtrans-http3, 5.1).
 */
export class SessionLedger {
  readonly #quic: Connection
  readonly #clock: Clock
  readonly #reserve: number
  readonly #quicAccounts = new LayerAccounts('quic')
  /** By the low two bits of a stream id, which say kind and opener (RFC 9000, 2.1). */
  readonly #ledgers: readonly StreamLedger[]
  /** Accounts of the session layer that session flow control limits. */
  readonly #limits = new Map<CreditAccount, { readonly window: number; blocked: number }>()
  readonly #learners: Readonly<Record<StreamKind, RefillLearner>>
  /** When the peer gives credit back, as its profile says; as long as it does not, what was learned counts. */
  refill: RefillPolicy = { kind: 'unknown' }

  /** @param reserve streams that an end keeps back for reserved opens at most */
  constructor(quic: Connection, clock: Clock, reserve: number) {
    this.#quic = quic
    this.#clock = clock
    this.#reserve = reserve
    const accounts = new LayerAccounts('session')
    const [client, server]: readonly [Opener, Opener] = quic.side === 'client' ? ['us', 'them'] : ['them', 'us']
    const order = [
      accounts.of('bidi', client),
      accounts.of('bidi', server),
      accounts.of('uni', client),
      accounts.of('uni', server),
    ]
    this.#ledgers = order.map((account) => new StreamLedger(account))
    this.#learners = { bidi: this.#learner('bidi'), uni: this.#learner('uni') }
  }

  /** The peer raised its limit. */
  raised(kind: StreamKind): void {
    const learner = this.#learners[kind]
    if (learner.watching) learner.raised(this.#quic.streamCounts(kind, 'us'))
  }

  /** A data stream was opened, by either side. */
  opened(id: number): StreamRecord {
    return this.#of(id).open(id, this.#clock.now())
  }

  /** Both halves of a stream are gone. Streams that are not the session's are ignored. */
  retired(id: number): void {
    this.#of(id).retire(id, this.#clock.now())
  }

  /** The connection is gone, and every stream with it. */
  retireAll(): void {
    for (const ledger of this.#ledgers) ledger.retireAll(this.#clock.now())
  }

  /** Session flow control sets a limit. */
  limited(kind: StreamKind, opener: Opener, limit: number): void {
    const { account } = this.#ledgerOf(kind, opener)
    account.raise(limit)
    if (!this.#limits.has(account)) this.#limits.set(account, { window: limit, blocked: 0 })
  }

  /** WT_STREAMS_BLOCKED was sent for our streams, or received for theirs. */
  blocked(kind: StreamKind, opener: Opener): void {
    const limit = this.#limits.get(this.#ledgerOf(kind, opener).account)
    if (limit !== undefined) limit.blocked += 1
  }

  /** The account that an open of this kind waits in: of QUIC's limit and the session's the one that leaves less. */
  openAccount(kind: StreamKind): CreditAccount {
    const session = this.#ledgerOf(kind, 'us').account
    if (session.available === null) return this.#quicAccounts.of(kind, 'us')
    const { limit, opened } = this.#quic.streamCounts(kind, 'us')
    return session.available < limit - opened ? session : this.#quicAccounts.of(kind, 'us')
  }

  /** The counts of that account, now. */
  openCounts(kind: StreamKind): StreamCounts {
    return this.#counts(this.openAccount(kind))
  }

  /** That account as it stands now. */
  openSnapshot(kind: StreamKind): AccountSnapshot {
    return this.#refreshed(this.openAccount(kind))
  }

  snapshot(): CreditSnapshot {
    const quic = this.#quicAccounts.all.map((account) => this.#refreshed(account))
    return { exact: true, accounts: [...quic, ...this.#ledgers.map(({ account }) => account.snapshot())] }
  }

  /** At most `max` live data streams, oldest first. */
  liveStreams(max: number): readonly LiveStream[] {
    const oldest = this.#ledgers.flatMap((ledger) => [...ledger.live].slice(0, max))
    oldest.sort((a, b) => a.openedAt - b.openedAt)
    return oldest.slice(0, max).map((record) => record.snapshot())
  }

  /** What the streams suffer from, if anything. @param over the session has ended */
  verdict(over: boolean): Verdict {
    return this.#judge([...this.#limits.keys(), ...this.#quicAccounts.all], Number.POSITIVE_INFINITY, over)
  }

  /** Why an open of this kind got nothing for so long. */
  openVerdict(kind: StreamKind, waited: Millis): Verdict {
    return this.#judge([this.openAccount(kind)], waited, false)
  }

  #judge(accounts: readonly CreditAccount[], longestPatience: Millis, over: boolean): Verdict {
    const { rtt, frames } = this.#quic.stats()
    return judge({
      now: this.#clock.now(),
      patience: Math.min(patienceFor(rtt), longestPatience),
      over,
      accounts: accounts.map((account) => {
        const { kind, opener } = account.key
        const { live, lastOpenedAt, lastRetiredAt, lifetime } = this.#ledgerOf(kind, opener)
        return {
          account: this.#refreshed(account),
          reserve: reserveOf(this.#counts(account), this.#reserve),
          window: this.#limits.get(account)?.window ?? this.#window(kind, opener),
          streams: live,
          lastOpenedAt,
          lastRetiredAt,
          lifetime,
          refill: this.#refillOf(account),
          blockedFrames:
            this.#limits.get(account)?.blocked ?? blockedFrames(opener === 'us' ? frames.sent : frames.received, kind),
        }
      }),
    })
  }

  #learner(kind: StreamKind): RefillLearner {
    return new RefillLearner(this.#window(kind, 'us') ?? 0)
  }

  #refillOf({ key: { layer, kind, opener } }: CreditAccount): RefillPolicy {
    if (opener === 'them') return OUR_REFILL
    // What is known and learned of the peer is what its QUIC stack does.
    if (layer === 'session') return { kind: 'unknown' }
    return this.refill.kind === 'unknown' ? this.#learners[kind].policy : this.refill
  }

  /** What the limit was at the start of the connection; the owner of a limit is not its user. */
  #window(kind: StreamKind, opener: Opener): number | null {
    const parameters = opener === 'us' ? this.#quic.peerTransportParameters : this.#quic.transportParameters
    if (parameters === undefined) return null
    return kind === 'bidi' ? parameters.initialMaxStreamsBidi : parameters.initialMaxStreamsUni
  }

  #ledgerOf(kind: StreamKind, opener: Opener): StreamLedger {
    const byClient = (opener === 'us') === (this.#quic.side === 'client')
    return this.#of((kind === 'uni' ? 2 : 0) + (byClient ? 0 : 1))
  }

  #of(id: number): StreamLedger {
    const ledger = this.#ledgers[id % 4]
    if (ledger === undefined) throw new RangeError(`${id} is no stream id`)
    return ledger
  }

  #refreshed(account: CreditAccount): AccountSnapshot {
    if (account.key.layer === 'quic') account.set(this.#counts(account))
    return account.snapshot()
  }

  #counts(account: CreditAccount): StreamCounts {
    const { layer, kind, opener } = account.key
    if (layer === 'quic') return this.#quic.streamCounts(kind, opener)
    const { limit, opened, accepted, retired } = account.snapshot()
    return { limit: limit ?? Number.POSITIVE_INFINITY, opened, accepted, retired }
  }
}

function blockedFrames(counts: FrameCounts, kind: StreamKind): number {
  return kind === 'bidi' ? counts.streamsBlockedBidi : counts.streamsBlockedUni
}
