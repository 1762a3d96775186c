import type { Connection } from '@libp2p/interface'
import type { Verdict } from '@sluice/credit'
import type { HeardVerdict } from '../commands.ts'
import { TimerLag } from './timer-lag.ts'

/** How often the verdicts of the standing connections are looked at, in milliseconds. */
const EVERY = 50
/** Verdicts that are kept; a peer that has heard so many has a lot to tell already. */
const MOST = 1_000

/** Writes down which verdicts there were that call for something: told by their sessions, or seen at a look. */
export class Alarms {
  /** Each once as long as it stands, oldest first. */
  readonly heard: HeardVerdict[] = []
  readonly #counts: Record<string, number> = {}
  readonly #standing = new WeakMap<Connection, Verdict['code']>()
  readonly #lag = new TimerLag(EVERY)
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
    this.#lag.ran(performance.now())
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

  /** The session of a connection says that its verdict has changed. */
  told(connection: Connection, verdict: Verdict): void {
    this.#note(connection, verdict)
  }

  #look(): void {
    this.#lag.ran(performance.now())
    for (const connection of this.#connections()) {
      const verdict = this.#verdict(connection)
      if (verdict == null || !this.#note(connection, verdict)) continue
      this.#counts[verdict.code] = (this.#counts[verdict.code] ?? 0) + 1
    }
  }

  /** Whether it calls for something. */
  #note(connection: Connection, verdict: Verdict): boolean {
    if (verdict.harmless || verdict.code === 'session-gone') {
      this.#standing.delete(connection)
      return false
    }
    if (this.#standing.get(connection) !== verdict.code && this.heard.length < MOST)
      this.heard.push({ at: Date.now(), verdict, timerLate: this.#lag.lately(performance.now()) })
    this.#standing.set(connection, verdict.code)
    return true
  }
}
