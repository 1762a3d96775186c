import type { Connection } from '@libp2p/interface'
import type { Verdict } from '@sluice/credit'
import { webTransportSession } from '@sluice/libp2p'

/** What our end of a connection says: when an open waited, when that was named, and when streams flowed again. */
export class Watch {
  /** The first verdict that calls for something. */
  verdict: Verdict | undefined
  /** From the oldest open that waited, or the end of the session, to the verdict, in milliseconds; 0 when none waited. */
  verdictMs: number | null = null
  /** From the verdict to the next stream that was opened, in milliseconds; null also when streams had never stopped. */
  recoveredMs: number | null = null
  /** Streams were opened all the time, up to the verdict. */
  flowed = false
  /** Times that this process was found to be late, which hides whatever else is wrong. */
  late = 0
  readonly #pending = new Set<number>()
  #servedAt = 0
  #namedAt = 0

  /** @param beganAt when the peer did what is wrong, where it is a moment that it knows */
  constructor(connection: Connection, beganAt: () => number | undefined = () => undefined) {
    const session = webTransportSession(connection)
    session?.onVerdict((verdict) => this.#heard(verdict, this.#oldest))
    // The end of a session is told by `closed` alone; the session says so when asked.
    session?.closed.then(() => {
      if (session.verdict?.code === 'session-gone') this.#heard(session.verdict, beganAt())
    })
  }

  /** An open begins; the function that comes back is called when it has its stream. */
  begin(): () => void {
    const at = performance.now()
    this.#pending.add(at)
    return () => {
      this.#pending.delete(at)
      this.#servedAt = performance.now()
      if (this.verdict !== undefined && !this.flowed) this.recoveredMs ??= this.#servedAt - this.#namedAt
    }
  }

  get #oldest(): number | undefined {
    const [oldest] = this.#pending
    return oldest
  }

  #heard(verdict: Verdict, since: number | undefined): void {
    if (verdict.harmless || this.verdict !== undefined) return
    if (verdict.code === 'late-event-loop') {
      this.late += 1
      return
    }
    const now = performance.now()
    this.verdict = verdict
    this.#namedAt = now
    this.verdictMs = since === undefined ? 0 : now - since
    // Opens are served in their order, so that those before the oldest were served at about the time when it began.
    this.flowed = since !== undefined && this.#servedAt - since > (now - since) / 2
  }
}
