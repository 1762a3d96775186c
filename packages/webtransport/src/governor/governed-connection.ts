import type { GrantWindow, ReaperPolicy, StreamKind, WindowNews } from '@sluice/credit'
import type { Connection } from '@sluice/engine'

export const KINDS: readonly StreamKind[] = ['bidi', 'uni']

/** Ends the streams that hold credit for nothing. `pressed`: credit is scarce. */
export type Sweep = (policy: ReaperPolicy, pressed: boolean) => void

/** What a governed connection asks of its governor. */
export interface Governing {
  /** Something happened: settle at the end of this turn. */
  touched(connection: GovernedConnection): void
  left(connection: GovernedConnection): void
  /** There are streams to look at from time to time. */
  swept(connection: GovernedConnection): void
}

/** What happened to the streams of one kind in this turn. */
interface Turn {
  touched: boolean
  blocked: boolean
  wasted: number
}

/** One connection under a governor: notes what happens, and hands grants down. */
export class GovernedConnection {
  readonly #quic: Connection
  readonly #governor: Governing
  readonly #windows: Readonly<Record<StreamKind, GrantWindow>>
  readonly #turn: Record<StreamKind, Turn> = { bidi: quietTurn(), uni: quietTurn() }
  #sweep: Sweep | undefined
  #touched = false
  #over = false

  /** From here on the engine raises limits by grants alone. */
  constructor(quic: Connection, windows: Readonly<Record<StreamKind, GrantWindow>>, governor: Governing) {
    this.#quic = quic
    this.#windows = windows
    this.#governor = governor
    for (const kind of KINDS) quic.setMaxConcurrentStreams(kind, 0)
  }

  get windows(): Readonly<Record<StreamKind, GrantWindow>> {
    return this.#windows
  }

  /** Sets what ends the streams that hold credit for nothing; it is called from time to time from now on. */
  sweptBy(sweep: Sweep): void {
    this.#sweep = sweep
    this.#governor.swept(this)
  }

  sweep(policy: ReaperPolicy, pressed: boolean): void {
    this.#sweep?.(policy, pressed)
  }

  /** The peer opened streams. */
  opened(kind: StreamKind): void {
    this.#touch(kind)
  }

  /** The peer said STREAMS_BLOCKED. */
  blocked(kind: StreamKind): void {
    this.#touch(kind).blocked = true
  }

  /** A stream is gone; whether it did any work is told by whoever had it. */
  retired(id: number, wasted: boolean): void {
    // RFC 9000, 2.1: bit 0 tells who opened, bit 1 the kind.
    if ((id % 2 === 0) === (this.#quic.side === 'client')) return
    const turn = this.#touch(id % 4 < 2 ? 'bidi' : 'uni')
    if (wasted) turn.wasted += 1
  }

  /** The connection is closed or about to be. */
  end(): void {
    if (this.#over) return
    this.#over = true
    this.#governor.left(this)
  }

  /** What happened since it was last asked for. */
  *news(): Iterable<readonly [GrantWindow, WindowNews]> {
    this.#touched = false
    if (this.#over) return
    for (const kind of KINDS) {
      const { touched, blocked, wasted } = this.#turn[kind]
      if (!touched) continue
      this.#turn[kind] = quietTurn()
      yield [this.#windows[kind], { counts: this.#quic.streamCounts(kind, 'them'), blocked, wasted }]
    }
  }

  grant(window: GrantWindow, count: number): void {
    if (!this.#over) this.#quic.grantStreams(window === this.#windows.bidi ? 'bidi' : 'uni', count)
  }

  #touch(kind: StreamKind): Turn {
    const turn = this.#turn[kind]
    turn.touched = true
    if (!this.#touched) {
      this.#touched = true
      this.#governor.touched(this)
    }
    return turn
  }
}

function quietTurn(): Turn {
  return { touched: false, blocked: false, wasted: 0 }
}
