import type { Connection } from '@libp2p/interface'
import type { Verdict } from '@sluice/credit'

/** How often the verdicts of the standing connections are looked at. */
const EVERY = 50

/** Writes down which verdicts there were that call for something, and for how many looks. */
export class Alarms {
  readonly #counts: Record<string, number> = {}
  #timer: ReturnType<typeof setInterval> | undefined
  readonly #connections: () => readonly Connection[]
  readonly #verdict: (connection: Connection) => Verdict | null | undefined

  constructor(
    connections: () => readonly Connection[],
    verdict: (connection: Connection) => Verdict | null | undefined,
  ) {
    this.#connections = connections
    this.#verdict = verdict
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#look(), EVERY)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Looks at which a verdict stood, by its code. */
  get counts(): Readonly<Record<string, number>> {
    return { ...this.#counts }
  }

  #look(): void {
    for (const connection of this.#connections()) {
      const verdict = this.#verdict(connection)
      if (verdict == null || verdict.harmless || verdict.code === 'session-gone') continue
      this.#counts[verdict.code] = (this.#counts[verdict.code] ?? 0) + 1
    }
  }
}
