import {
  type AccountSnapshot,
  type CreditAccount,
  type CreditSnapshot,
  type LiveStream,
  type Opener,
  type StreamCounts,
  type StreamKind,
  StreamLedger,
  type StreamRecord,
} from '@sluice/credit'
import type { Connection } from '@sluice/engine'
import type { Clock } from '../clock.ts'
import { LayerAccounts } from '../connection/accounts.ts'

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
  readonly #quicAccounts = new LayerAccounts('quic')
  /** By the low two bits of a stream id, which say kind and opener (RFC 9000, 2.1). */
  readonly #ledgers: readonly StreamLedger[]
  /** Accounts of the session layer that session flow control limits. */
  readonly #limits = new Map<CreditAccount, { readonly initial: number; blocked: number }>()

  constructor(quic: Connection, clock: Clock) {
    this.#quic = quic
    this.#clock = clock
    const accounts = new LayerAccounts('session')
    const [client, server]: readonly [Opener, Opener] = quic.side === 'client' ? ['us', 'them'] : ['them', 'us']
    const order = [
      accounts.of('bidi', client),
      accounts.of('bidi', server),
      accounts.of('uni', client),
      accounts.of('uni', server),
    ]
    this.#ledgers = order.map((account) => new StreamLedger(account))
  }

  /** A data stream was opened, by either side. */
  opened(id: number): StreamRecord {
    return this.#of(id).open(id, this.#clock.now())
  }

  /** Both halves of a stream are gone. One that is over already is ignored. */
  retired(record: StreamRecord): void {
    this.#of(record.id).retire(record, this.#clock.now())
  }

  /** A data stream of ours is over before the peer could learn of it. */
  withdrawn(record: StreamRecord): void {
    this.#of(record.id).withdraw(record)
  }

  /** The connection is gone, and every stream with it. */
  retireAll(): void {
    for (const ledger of this.#ledgers) for (const record of ledger) ledger.retire(record, this.#clock.now())
  }

  /** Session flow control sets a limit. */
  limited(kind: StreamKind, opener: Opener, limit: number): void {
    const { account } = this.streams(kind, opener)
    account.raise(limit)
    if (!this.#limits.has(account)) this.#limits.set(account, { initial: limit, blocked: 0 })
  }

  /** What session flow control said first: as many may be live at once, if every credit is given back; null: nothing. */
  initialLimit(account: CreditAccount): number | null {
    return this.#limits.get(account)?.initial ?? null
  }

  /** WT_STREAMS_BLOCKED was sent for our streams, or received for theirs. */
  blocked(kind: StreamKind, opener: Opener): void {
    const limit = this.#limits.get(this.streams(kind, opener).account)
    if (limit !== undefined) limit.blocked += 1
  }

  /** The accounts of both layers; counts of the connection are as old as the last time that they were asked for. */
  get everyAccount(): readonly CreditAccount[] {
    return [...this.#quicAccounts.all, ...this.#ledgers.map(({ account }) => account)]
  }

  /** Every account that has a limit, those of the session first. */
  get limitedAccounts(): readonly CreditAccount[] {
    return [...this.#limits.keys(), ...this.#quicAccounts.all]
  }

  /** WT_STREAMS_BLOCKED capsules that whoever opens has sent; undefined for an account that has none. */
  blockedCapsules(account: CreditAccount): number | undefined {
    return this.#limits.get(account)?.blocked
  }

  /** The session's streams of one kind with one opener, and their account. */
  streams(kind: StreamKind, opener: Opener): StreamLedger {
    const byClient = (opener === 'us') === (this.#quic.side === 'client')
    return this.#of((kind === 'uni' ? 2 : 0) + (byClient ? 0 : 1))
  }

  /** The session's live streams of every kind. */
  readonly all: Iterable<StreamRecord> = { [Symbol.iterator]: () => this.#everyStream() }

  /** The account that an open of this kind waits in: of QUIC's limit and the session's the one that leaves less. */
  openAccount(kind: StreamKind): CreditAccount {
    const session = this.streams(kind, 'us').account
    if (session.available === null) return this.#quicAccounts.of(kind, 'us')
    const { limit, opened } = this.#quic.streamCounts(kind, 'us')
    return session.available < limit - opened ? session : this.#quicAccounts.of(kind, 'us')
  }

  /** The counts of that account, now. */
  openCounts(kind: StreamKind): StreamCounts {
    return this.counts(this.openAccount(kind))
  }

  /** The counts of an account, now. */
  counts(account: CreditAccount): StreamCounts {
    const { layer, kind, opener } = account.key
    if (layer === 'quic') return this.#quic.streamCounts(kind, opener)
    const { limit, opened, accepted, retired } = account.snapshot()
    return { limit: limit ?? Number.POSITIVE_INFINITY, opened, accepted, retired }
  }

  /** An account as it stands now. */
  refreshed(account: CreditAccount): AccountSnapshot {
    if (account.key.layer === 'quic') account.set(this.counts(account))
    return account.snapshot()
  }

  snapshot(): CreditSnapshot {
    const quic = this.#quicAccounts.all.map((account) => this.refreshed(account))
    return { exact: true, accounts: [...quic, ...this.#ledgers.map(({ account }) => account.snapshot())] }
  }

  /** At most `max` live data streams, oldest first. */
  liveStreams(max: number): readonly LiveStream[] {
    const oldest = this.#ledgers.flatMap((ledger) => [...ledger].slice(0, max))
    oldest.sort((a, b) => a.openedAt - b.openedAt)
    return oldest.slice(0, max).map((record) => record.snapshot())
  }

  *#everyStream(): Generator<StreamRecord> {
    for (const ledger of this.#ledgers) yield* ledger
  }

  #of(id: number): StreamLedger {
    const ledger = this.#ledgers[id % 4]
    if (ledger === undefined) throw new RangeError(`${id} is no stream id`)
    return ledger
  }
}
