import type { Millis } from '@sluice/credit'
import type { VirtualClock } from '@sluice/engine/virtual'
import { Application } from './application.ts'
import { Fingerprint } from './fingerprint.ts'
import { checkData, checkLedger } from './ledger-check.ts'
import { type Plan, SIDES } from './plan.ts'
import { noting } from './uncaught.ts'
import { VerdictWatch } from './verdict-watch.ts'
import { inTime, makeWorld, type World } from './world.ts'

/** No round of traffic over any network takes longer, and no connection needs longer to be forgotten. */
const ROUND_BOUND: Millis = 600_000

/** Acknowledgments, retransmissions and MAX_STREAMS that are still on their way have arrived after so long. */
const QUIET: Millis = 20_000

/** What came of a seed. */
export interface RunResult {
  readonly seed: number
  readonly network: string
  readonly streams: number
  readonly bytes: number
  readonly virtualMs: number
  /** The same for the same seed and the same code, but for the rare run in which TLS decides something. */
  readonly fingerprint: string
  /** Verdicts that were seen, by code. */
  readonly verdicts: Readonly<Record<string, number>>
  /** What must not be; none: the seed passed. */
  readonly faults: readonly string[]
}

export type Trace = (line: string) => void

/** Runs the healthy traffic of a plan and checks every property on the way. */
export async function runPlan(plan: Plan, trace: Trace = () => {}): Promise<RunResult> {
  const faults: string[] = []
  let run: Run | undefined
  await noting(faults, async () => {
    const world = await makeWorld(plan)
    run = new Run(plan, world, (line) => trace(`${world.clock.now().toFixed(3).padStart(12)} ${line}`))
    await run.all(faults)
  })
  const figures = run?.figures ?? { streams: 0, bytes: 0, virtualMs: 0, fingerprint: '', verdicts: {} }
  return { ...figures, seed: plan.seed, network: plan.network.name, faults }
}

class Run {
  readonly #plan: Plan
  readonly #world: World
  readonly #clock: VirtualClock
  readonly #client: Application
  readonly #server: Application
  readonly #watch: VerdictWatch
  readonly #trace: Trace
  readonly #fingerprint: Fingerprint
  #faults: string[] = []
  #over = false

  constructor(plan: Plan, world: World, trace: Trace) {
    this.#plan = plan
    this.#world = world
    this.#clock = world.clock
    this.#trace = trace
    this.#fingerprint = new Fingerprint(world.network)
    const application = (side: (typeof SIDES)[number]): Application =>
      new Application(side, world.sessions[side], plan.sides[side], plan.seed, world.clock, trace)
    this.#client = application('client')
    this.#server = application('server')
    this.#watch = new VerdictWatch(plan, world.clock, [this.#client, this.#server], trace)
  }

  get figures(): Omit<RunResult, 'seed' | 'network' | 'faults'> {
    const streams = [...this.#client.streams.values(), ...this.#server.streams.values()]
    return {
      streams: this.#client.opens.opened + this.#server.opens.opened,
      bytes: streams.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0),
      virtualMs: Math.round(this.#clock.now()),
      fingerprint: `${this.#fingerprint}`,
      verdicts: this.#watch.seen,
    }
  }

  /** @param faults takes what must not be */
  async all(faults: string[]): Promise<void> {
    this.#faults = faults
    const { rounds, ending } = this.#plan
    for (let round = 1; round <= rounds; round++) {
      this.#trace(`round ${round} of ${rounds} over ${this.#plan.network.name}`)
      if (round === rounds && ending.after !== undefined) this.#clock.after(ending.after, () => this.#end())
      await this.#round()
      if (this.#over) break
    }
    if (!this.#over) this.#end()
    await this.#goodbye()
    this.#faults.push(...this.#watch.faults)
  }

  async #round(): Promise<void> {
    const rounds = Promise.all([this.#client.round(), this.#server.round()])
    await inTime(this.#clock, ROUND_BOUND, 'the end of all opens', rounds)
    // Streams that came last may not have arrived yet.
    await this.#quiet()
    const settled = Promise.all([this.#client.settled(), this.#server.settled()])
    await inTime(this.#clock, ROUND_BOUND, 'the end of all streams', settled)
    await this.#quiet()
    if (this.#over) return
    this.#faults.push(...checkLedger(this.#world, this.#client, this.#server), ...checkData(this.#client, this.#server))
    for (const { side, session } of [this.#client, this.#server])
      if (!session.verdict.harmless)
        this.#faults.push(`${side}, all quiet: ${session.verdict.code}: ${session.verdict.summary}`)
  }

  async #quiet(): Promise<void> {
    await this.#clock.run(this.#clock.now() + QUIET, () => this.#over)
  }

  #end(): void {
    const { by, how } = this.#plan.ending
    const session = this.#world.sessions[by]
    this.#over = true
    this.#watch.ending = true
    this.#trace(`${by}: ${how}`)
    switch (how) {
      case 'close':
        session.close({ closeCode: 3, reason: 'enough' })
        break
      case 'abort':
        session.abort(0x10c, 'enough')
        break
      case 'cut':
        this.#world.cut(this.#plan.seed % 2 === 0 ? [by] : SIDES)
        break
    }
  }

  /** Both ends hear of it, every stream is given back, and nothing is left that waits. */
  async #goodbye(): Promise<void> {
    const { sessions, server } = this.#world
    this.#watch.stop()
    await inTime(
      this.#clock,
      ROUND_BOUND,
      'the end of both sessions',
      Promise.all(SIDES.map((side) => sessions[side].closed)),
    )
    await inTime(this.#clock, ROUND_BOUND, 'the closing of the server', server.close())
    const outcome = await this.#clock.run(this.#clock.now() + ROUND_BOUND, () => false)
    if (outcome !== 'idle') this.#faults.push('something still waits for its time after the end')
    for (const { side, session, streams } of [this.#client, this.#server]) {
      for (const { layer, kind, opener, live, waiting } of session.credit.accounts)
        if (live > 0 || waiting > 0)
          this.#faults.push(`${side}: ${live} live, ${waiting} waiting in ${layer} ${kind} ${opener} after the end`)
      for (const { id, send, receive } of streams.values())
        if (send === 'open' || receive === 'open')
          this.#faults.push(`${side}: stream ${id} was not told of the end (${send}, ${receive})`)
    }
  }
}
