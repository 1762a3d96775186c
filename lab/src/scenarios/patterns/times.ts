import type { Millis, Verdict } from '@sluice/credit'

/** So many opens that are served while another waits flow; fewer were under way when streams stopped. */
const FLOW = 8

/** When opens waited, when that was named, and when streams flowed again; whoever tells it gives the time. */
export class Times {
  /** The first verdict that calls for something. */
  verdict: Verdict | undefined
  /** From the oldest open that waited, or the end of the session, to the verdict; 0 when none waited. */
  verdictMs: Millis | null = null
  /** From the verdict to the next stream that was opened; null also when streams had never stopped. */
  recoveredMs: Millis | null = null
  /** Streams were opened all the time, up to the verdict. */
  flowed = false
  /** Times that this process was found to be late, which hides whatever else is wrong. */
  late = 0
  readonly #pending = new Set<{ readonly since: Millis }>()
  /** When each open got its stream. */
  readonly #served: Millis[] = []
  #namedAt: Millis = 0

  /** Since when the open waits that has waited for longest. */
  get oldest(): Millis | undefined {
    const [oldest] = this.#pending
    return oldest?.since
  }

  /** An open begins; the function that comes back is told when it has its stream. */
  opens(now: Millis): (now: Millis) => void {
    const open = { since: now }
    this.#pending.add(open)
    return (then) => {
      this.#pending.delete(open)
      this.#served.push(then)
      if (this.verdict !== undefined && !this.flowed) this.recoveredMs ??= then - this.#namedAt
    }
  }

  /** Our end gives a verdict. @param since when what it speaks of began, as far as is known */
  heard(verdict: Verdict, since: Millis | undefined, now: Millis): void {
    if (verdict.harmless || this.verdict !== undefined) return
    if (verdict.code === 'late-event-loop') {
      this.late += 1
      return
    }
    this.verdict = verdict
    this.#namedAt = now
    this.verdictMs = since === undefined ? 0 : now - since
    // Opens get their streams in order: where they flow many were ahead of the oldest, else only what was under way.
    this.flowed = since !== undefined && this.#served.filter((at) => at > since).length >= FLOW
  }
}
