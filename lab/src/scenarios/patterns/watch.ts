import type { Connection } from '@libp2p/interface'
import type { Verdict } from '@sluice/credit'
import { webTransportSession } from '@sluice/libp2p'

/** What our end of a connection says: when an open waited, when that was named, and when streams flowed again. */
export class Watch {
  /** The first verdict that calls for something. */
  verdict: Verdict | undefined
  /** From the oldest open that waited to the verdict, in milliseconds; 0 when none waited. */
  verdictMs: number | null = null
  /** From the verdict to the next stream that was opened, in milliseconds. */
  recoveredMs: number | null = null
  readonly #pending = new Set<number>()
  #namedAt = 0

  constructor(connection: Connection) {
    webTransportSession(connection)?.onVerdict((verdict) => this.#heard(verdict))
  }

  /** An open begins; the function that comes back is called when it has its stream. */
  begin(): () => void {
    const at = performance.now()
    this.#pending.add(at)
    return () => {
      this.#pending.delete(at)
      if (this.verdict !== undefined) this.recoveredMs ??= performance.now() - this.#namedAt
    }
  }

  #heard(verdict: Verdict): void {
    if (verdict.harmless || this.verdict !== undefined) return
    this.verdict = verdict
    this.#namedAt = performance.now()
    const [oldest] = this.#pending
    this.verdictMs = oldest === undefined ? 0 : this.#namedAt - oldest
  }
}
