import type { GrantWindow, ReaperPolicy, StreamKind, WindowNews } from '@sluice/credit'
import type { Connection } from '@sluice/engine'

export const KINDS: readonly StreamKind[] = ['bidi', 'uni']

/** Ends the streams that hold credit for nothing. `pressed`: credit is scarce. */
export type Sweep = (policy: ReaperPolicy, pressed: boolean) => void

/** What a governed connection asks of its governor. */
export interface Governing {
  /** Something happened: settle at the end of this turn. */
  touched(connection: GovernedConnection): void
  /** Credit is scarce: each stream counts. */
  readonly pressed: boolean
  left(connection: GovernedConnection): void
  /** There are streams to look at from time to time. */
  swept(connection: GovernedConnection): void
}

/** What happened to the streams of one kind since it was last told. */
interface Turn {
  opened: number
  retired: number
  blocked: boolean
  wasted: number
}

/**
 * One connection under a governor: notes what happens, and hands grants down.
 *
 * As long as credit is not scarce it does not tell of each stream: only when its window could want something.
 */
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

  /** As `Connection.atEndOfBatch`. */
  atEndOfBatch(action: () => void): void {
    this.#quic.atEndOfBatch(action)
  }

  sweep(policy: ReaperPolicy, pressed: boolean): void {
    this.#sweep?.(policy, pressed)
  }

  /** The peer opened a stream. */
  opened(kind: StreamKind): void {
    const turn = this.#turn[kind]
    turn.opened += 1
    if (turn.opened >= this.#windows[kind].opensToSpare) this.#touch()
  }

  /** The peer said STREAMS_BLOCKED. */
  blocked(kind: StreamKind): void {
    this.#turn[kind].blocked = true
    this.#touch()
  }

  /** A stream is gone; whether it did any work is told by whoever had it. */
  retired(id: number, wasted: boolean): void {
    // RFC 9000, 2.1: bit 0 tells who opened, bit 1 the kind.
    if ((id % 2 === 0) === (this.#quic.side === 'client')) return
    const kind = id % 4 < 2 ? 'bidi' : 'uni'
    const turn = this.#turn[kind]
    turn.retired += 1
    if (wasted) turn.wasted += 1
    const worth = turn.retired >= this.#windows[kind].retirementsToSpare
    if (worth || wasted || this.#governor.pressed) this.#touch()
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
      const { opened, retired, blocked, wasted } = this.#turn[kind]
      if (opened + retired === 0 && !blocked) continue
      this.#turn[kind] = quietTurn()
      yield [this.#windows[kind], { counts: this.#quic.streamCounts(kind, 'them'), blocked, wasted }]
    }
  }

  grant(window: GrantWindow, count: number): void {
    if (!this.#over) this.#quic.grantStreams(window === this.#windows.bidi ? 'bidi' : 'uni', count)
  }

  #touch(): void {
    if (this.#touched) return
    this.#touched = true
    this.#governor.touched(this)
  }
}

function quietTurn(): Turn {
  return { opened: 0, retired: 0, blocked: false, wasted: 0 }
}
