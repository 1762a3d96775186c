import type { Millis } from '@sluice/credit'
import type { Session } from '@sluice/webtransport'
import { Timer } from '../timer.ts'
import { ConnectionRecovery, type RecoveryContext, ROTATION_TIMEOUT } from './recovery.ts'

/** Shortest time between two sessions that a peer brings; its own ladder waits four times as long. */
const SHORTEST_ADOPTION: Millis = 250

/** Recovery at the end that was dialled: it asks for a fresh session, and takes those that the peer brings. */
export class ListenerRecovery extends ConnectionRecovery {
  readonly dials = false
  readonly #unheard = new Timer(() => this.failed())
  #ask: (() => Promise<void>) | undefined
  #lastAdoption: Millis = Number.NEGATIVE_INFINITY

  constructor(context: RecoveryContext) {
    super(context)
    context.session.closed.then(() => this.#unheard.disarm())
  }

  override askBy(ask: () => Promise<void>): void {
    this.#ask = ask
  }

  /** Whether the peer may bring a fresh session now. */
  get mayAdopt(): boolean {
    return !this.over.aborted && performance.now() - this.#lastAdoption >= SHORTEST_ADOPTION
  }

  /** The peer dialled a fresh session for this connection, and proved who it is. */
  adopt(fresh: Session): void {
    this.#lastAdoption = performance.now()
    this.#unheard.disarm()
    this.renewed(fresh, 'adopted')
  }

  protected override rotate(): void {
    const { session, log } = this.context
    this.#unheard.arm(ROTATION_TIMEOUT)
    session.drain()
    this.#ask?.().catch((error) => log('the peer was asked for a fresh session in vain - %e', error))
  }

  protected override giveUp(): void {
    // To end the connection would cut off the streams that the peer can still open.
  }
}
