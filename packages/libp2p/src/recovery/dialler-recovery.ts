import type { RotationReason } from '@sluice/credit'
import type { Session } from '@sluice/webtransport'
import type { StalledConnectionError } from '../errors.ts'
import { ConnectionRecovery, type RecoveryContext, ROTATION_TIMEOUT } from './recovery.ts'
import type { WornSessions } from './worn-sessions.ts'

export interface DiallerContext extends RecoveryContext {
  /** Dials a fresh session to the same peer and proves that it is the same. */
  readonly dial: (signal: AbortSignal) => Promise<Session>
  /** Gives the connection up. */
  readonly abort: (error: Error) => void
}

/** Recovery at the end that dialled, which can dial again. */
export class DiallerRecovery extends ConnectionRecovery {
  readonly dials = true
  readonly #dialler: DiallerContext
  /** Where sessions are soon used up. */
  #worn: WornSessions | undefined

  constructor(context: DiallerContext) {
    super(context)
    this.#dialler = context
    context.session.onDraining = () => this.asked()
  }

  override askBy(): void {
    // It asks nobody.
  }

  protected override rotate(reason: RotationReason): void {
    void this.#dial(reason)
  }

  protected override giveUp(error: StalledConnectionError): void {
    this.took('close', error.message)
    this.#dialler.abort(error)
  }

  async #dial(reason: RotationReason): Promise<void> {
    const { session } = this.context
    const { current } = session
    const dial = (): Promise<Session> =>
      this.#dialler.dial(AbortSignal.any([this.over, AbortSignal.timeout(ROTATION_TIMEOUT)]))
    try {
      if (current.unreleased > 0) {
        const { WornSessions } = await import('./worn-sessions.ts')
        this.#worn ??= new WornSessions(session, dial)
      }
      const fresh = await (this.#worn?.next ?? dial)()
      if (this.over.aborted) fresh.close()
      else {
        this.renewed(fresh, `rotated_${reason}`)
        this.#worn?.replaced(current, fresh)
      }
    } catch (error) {
      this.took('rotation_failed', error)
      this.failed()
    }
  }
}
