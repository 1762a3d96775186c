import { GrantBudget, type GrantWindow, type Millis, type StreamKind } from '@sluice/credit'
import type { Connection, TransportOptions } from '@sluice/engine'
import { type Clock, systemClock } from '../clock.ts'
import { InvalidArgumentError } from '../errors.ts'
import { GovernedConnection, type Governing, KINDS } from './governed-connection.ts'
import { defaultGovernorOptions, type GovernorOptions } from './options.ts'

/** Between two looks at all streams. */
const SHORTEST_PAUSE: Millis = 250
const LONGEST_PAUSE: Millis = 5_000

/** How a governor's budget stands. */
export interface GovernorSnapshot {
  readonly connections: number
  readonly budget: number
  /** Streams beyond the floors that are granted and not retired. */
  readonly used: number
  /** Little of the budget is free, or somebody waits for it. */
  readonly pressed: boolean
}

/**
 * Grants stream credit to the peers of many connections out of one budget: a floor to each, more at once to whoever is
 * busy as far as the budget goes, and later to whoever wastes it. One may serve several servers.
 *
 * What happens in a batch is settled once at its end, and not before it matters, so that a stream costs no more than a
 * count.
 */
export class Governor implements Governing {
  readonly options: GovernorOptions
  readonly #clock: Clock
  readonly #budget: GrantBudget
  readonly #connections = new Set<GovernedConnection>()
  readonly #owners = new Map<GrantWindow, GovernedConnection>()
  #touched: GovernedConnection[] = []
  #cancelSweep: (() => void) | undefined
  #timer: { readonly at: Millis; readonly cancel: () => void } | undefined

  /** @throws InvalidArgumentError */
  constructor(options: Partial<GovernorOptions> = {}, clock: Clock = systemClock) {
    this.options = { ...defaultGovernorOptions, ...options }
    check(this.options)
    this.#clock = clock
    this.#budget = new GrantBudget(this.options, clock.now())
  }

  get snapshot(): GovernorSnapshot {
    const { used, pressed } = this.#budget
    return { connections: this.#connections.size, budget: this.options.budget, used, pressed }
  }

  /** The transport options to announce at the start of each connection: the floors. */
  announced(transport: TransportOptions = {}): TransportOptions {
    const { floor } = this.options
    const ceiling = this.#ceilings(transport)
    return {
      ...transport,
      maxIncomingBidi: Math.min(floor.bidi, ceiling.bidi),
      maxIncomingUni: Math.min(floor.uni, ceiling.uni),
    }
  }

  /**
   * Takes a connection under its rule; to be called in the turn in which it came up.
   *
   * @param transport the options that `announced` was given
   */
  govern(quic: Connection, transport?: TransportOptions): GovernedConnection {
    const now = this.#clock.now()
    const ceiling = this.#ceilings(transport ?? {})
    const { initialMaxStreamsBidi, initialMaxStreamsUni } = quic.transportParameters
    const windows = {
      bidi: this.#budget.join({ floor: initialMaxStreamsBidi, ceiling: ceiling.bidi }, now),
      uni: this.#budget.join({ floor: initialMaxStreamsUni, ceiling: ceiling.uni }, now),
    }
    const connection = new GovernedConnection(quic, windows, this)
    this.#connections.add(connection)
    for (const kind of KINDS) this.#owners.set(windows[kind], connection)
    return connection
  }

  get pressed(): boolean {
    return this.#budget.pressed
  }

  touched(connection: GovernedConnection): void {
    // With the batch goes what is granted, too: a packet for MAX_STREAMS alone costs as much as any other.
    if (this.#touched.push(connection) === 1) connection.atEndOfBatch(() => this.#settle())
  }

  left(connection: GovernedConnection): void {
    this.#connections.delete(connection)
    for (const kind of KINDS) {
      const window = connection.windows[kind]
      this.#owners.delete(window)
      this.#budget.leave(window)
    }
    // What it had is free for others.
    if (this.#connections.size > 0) {
      this.touched(connection)
      return
    }
    this.#disarm()
    this.#cancelSweep?.()
    this.#cancelSweep = undefined
  }

  swept(): void {
    this.#cancelSweep ??= this.#sweepLater()
  }

  #settle(): void {
    const now = this.#clock.now()
    const touched = this.#touched
    this.#touched = []
    const news = touched.flatMap((connection) => [...connection.news()])
    for (const { window, count } of this.#budget.settle(news, now)) this.#owners.get(window)?.grant(window, count)
    this.#arm(now)
  }

  #arm(now: Millis): void {
    const at = this.#budget.nextAt
    if (this.#timer?.at === at) return
    this.#disarm()
    if (!Number.isFinite(at)) return
    const cancel = this.#clock.after(Math.max(0, at - now), () => {
      this.#timer = undefined
      this.#settle()
    })
    this.#timer = { at, cancel }
  }

  #disarm(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** Looks at all connections together: one timer, however many there are. */
  #sweepLater(): () => void {
    const { calm, pressed } = this.options.reaper
    const { accept, halfOpen, release } = this.#budget.pressed ? pressed : calm
    const delay = Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, Math.min(accept, halfOpen, release) / 4))
    return this.#clock.after(delay, () => {
      this.#cancelSweep = this.#sweepLater()
      for (const connection of [...this.#connections]) connection.sweep(this.options.reaper, this.#budget.pressed)
    })
  }

  #ceilings({ maxIncomingBidi, maxIncomingUni }: TransportOptions): Readonly<Record<StreamKind, number>> {
    const { ceiling } = this.options
    return { bidi: maxIncomingBidi ?? ceiling.bidi, uni: maxIncomingUni ?? ceiling.uni }
  }
}

function check({ floor, ceiling, reaper, ...rest }: GovernorOptions): void {
  const { calm, pressed, unreleased } = reaper
  for (const [name, value] of Object.entries({
    ...rest,
    ...Object.fromEntries(Object.entries(calm).map(([time, value]) => [`reaper.calm.${time}`, value])),
    ...Object.fromEntries(Object.entries(pressed).map(([time, value]) => [`reaper.pressed.${time}`, value])),
    'reaper.unreleased': unreleased,
    'floor.bidi': floor.bidi,
    'floor.uni': floor.uni,
    'ceiling.bidi': ceiling.bidi,
    'ceiling.uni': ceiling.uni,
  })) {
    if (!(value >= 0)) throw new InvalidArgumentError(`governor: ${name} must be a number from 0 on, not ${value}`)
  }
}
