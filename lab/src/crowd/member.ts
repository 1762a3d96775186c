import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { AccountSnapshot } from '@sluice/credit'
import { webTransport, webTransportCredit, webTransportSession } from '@sluice/libp2p'
import { createLibp2p, type Libp2p } from 'libp2p'
import { CheckFailedError } from '../errors.ts'
import type { LabServices } from '../peers/libp2p/executor.ts'
import { describe } from '../peers/libp2p/tally.ts'
import type { MemberReport } from './commands.ts'
import type { Acquaintance } from './greeting.ts'
import { Holder } from './holding.ts'
import { NODE } from './node-options.ts'

const DIAL_WITHIN = 30_000

/** One of a crowd: a libp2p node of its own with one connection, to the host. */
export class Member implements Acquaintance {
  readonly connection: Connection
  /** Milliseconds that it took to connect. */
  readonly joinedIn: number
  readonly #libp2p: Libp2p<LabServices>
  readonly #holder: Holder
  #end: string | null = null

  /** @throws what dialling throws */
  static async join(address: string): Promise<Member> {
    const libp2p = await createLibp2p<LabServices>({
      transports: [webTransport()],
      ...NODE,
    })
    const start = performance.now()
    const connection = await libp2p.dial(multiaddr(address), { signal: AbortSignal.timeout(DIAL_WITHIN) })
    return new Member(libp2p, connection, performance.now() - start)
  }

  private constructor(libp2p: Libp2p<LabServices>, connection: Connection, joinedIn: number) {
    this.#libp2p = libp2p
    this.connection = connection
    this.joinedIn = joinedIn
    this.#holder = new Holder(connection, () => this.#account)
    void webTransportSession(connection)?.closed.then((end) => {
      this.#end = end.kind === 'lost' ? describe(end.error) : `closed with code ${end.closeCode} ${end.reason}`
    })
  }

  get services(): LabServices {
    return this.#libp2p.services
  }

  get report(): MemberReport {
    const { limit, retired } = this.#account
    return { credit: (limit ?? 0) - retired, held: this.#holder.held, end: this.#end }
  }

  /** Opens streams until there is no credit, and says how many. */
  async hold(): Promise<number> {
    return await this.#holder.openAll()
  }

  /** Closes what it holds, and says how many that were. */
  async release(): Promise<number> {
    return await this.#holder.release()
  }

  async stop(): Promise<void> {
    await this.#libp2p.stop()
  }

  get #account(): AccountSnapshot {
    const accounts = webTransportCredit(this.connection)?.accounts ?? []
    const account = accounts.find(({ layer, kind, opener }) => layer === 'quic' && kind === 'bidi' && opener === 'us')
    if (account === undefined) throw new CheckFailedError('a connection without an account of its streams')
    return account
  }
}
