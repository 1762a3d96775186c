import type { AccountSnapshot, CreditAccount, CreditSnapshot, Opener, StreamKind } from '@sluice/credit'
import type { Connection } from '@sluice/engine'
import { LayerAccounts } from '../connection/accounts.ts'

/**
 * The credit of a session: exact counts of the QUIC connection under it, and the session's own.
 *
 * The quic layer counts every stream, the CONNECT stream and the control streams too. The session layer counts only
 * streams that carry the application's data, so it comes back to live 0 while the session still stands. It has no limit
 * as long as session flow control is not declared (draft-ietf-webtrans-http3, 5.1).
 */
export class SessionLedger {
  readonly #quic: Connection
  readonly #quicAccounts = new LayerAccounts('quic')
  readonly #sessionAccounts = new LayerAccounts('session')
  /** Live data streams: what account they are in. */
  readonly #live = new Map<number, CreditAccount>()

  constructor(quic: Connection) {
    this.#quic = quic
  }

  /** A data stream was opened, by either side. */
  opened(id: number, kind: StreamKind, opener: Opener): void {
    const account = this.#sessionAccounts.of(kind, opener)
    account.open()
    if (opener === 'us') account.accept()
    this.#live.set(id, account)
  }

  /** The application took a stream of the peer. */
  accepted(kind: StreamKind): void {
    this.#sessionAccounts.of(kind, 'them').accept()
  }

  /** Both halves of a stream are gone. Streams that are not the session's are ignored. */
  retired(id: number): void {
    const account = this.#live.get(id)
    if (account === undefined) return
    this.#live.delete(id)
    account.retire()
  }

  /** The connection is gone, and every stream with it. */
  retireAll(): void {
    for (const id of [...this.#live.keys()]) this.retired(id)
  }

  /** The account that an open of this kind waits in. */
  openAccount(kind: StreamKind): CreditAccount {
    return this.#quicAccounts.of(kind, 'us')
  }

  /** That account as it stands now. */
  openSnapshot(kind: StreamKind): AccountSnapshot {
    return this.#refreshed(this.#quicAccounts.of(kind, 'us'))
  }

  snapshot(): CreditSnapshot {
    const quic = this.#quicAccounts.all.map((account) => this.#refreshed(account))
    return { exact: true, accounts: [...quic, ...this.#sessionAccounts.all.map((account) => account.snapshot())] }
  }

  #refreshed(account: CreditAccount): AccountSnapshot {
    account.set(this.#quic.streamCounts(account.key.kind, account.key.opener))
    return account.snapshot()
  }
}
