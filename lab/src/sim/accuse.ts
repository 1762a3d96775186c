import { accountProof, type Millis } from '@sluice/credit'
import type { PathConditions } from '@sluice/engine/virtual'
import { Chance } from './chance.ts'
import { CULPRITS, type Culprit, type End, KIND, type Misbehaviour } from './culprits.ts'
import { NETWORKS } from './networks.ts'
import { type Plan, planOf, SIDES, type Side } from './plan.ts'
import { noting } from './uncaught.ts'
import { inTime, makeWorld, type World } from './world.ts'

/** A stall has its name after this long. */
const TIME_TO_VERDICT: Millis = 1_000

/** How often verdicts are asked for. */
const INTERVAL: Millis = 10

/** Limits have stopped growing after this long. */
const OPENING: Millis = 60_000

/** Traffic that is set right again flows after this long. */
const HEALED: Millis = 30_000

/** What a verdict took. */
export interface Accusation {
  readonly culprit: string
  readonly opener: Side
  /** From the moment in which an open waited; undefined: the verdict never came. */
  readonly verdictMs: Millis | undefined
  readonly faults: readonly string[]
}

/** The misbehaviour of a seed, over a network that excuses nothing. */
export async function accuse(seed: number, trace: (line: string) => void): Promise<Accusation> {
  const chance = new Chance(seed, 77)
  const culprit = chance.pick(CULPRITS)
  const opener = chance.pick(SIDES)
  const swift = NETWORKS.filter(({ lastHole, at }) => lastHole === undefined && excusesNothing(at(0)))
  const [first = NETWORKS[0], ...rest] = swift
  // The culprits' limits are those of QUIC.
  const plan: Plan = { ...planOf(seed), sessionLimits: undefined, network: chance.pick([first, ...rest]) }
  trace(`${culprit.name}; the ${opener} opens, over ${plan.network.name}`)
  const faults: string[] = []
  let verdictMs: Millis | undefined
  await noting(faults, async () => {
    const world = await makeWorld(plan)
    verdictMs = await new Trial(culprit, world, opener, trace).run(faults)
  })
  return { culprit: culprit.name, opener, verdictMs, faults }
}

/** Nothing is lost, and an answer is there in a tenth of the time that a verdict has. */
function excusesNothing({ delay = 0, jitter = 0, loss = 0, corrupt = 0 }: PathConditions): boolean {
  return loss === 0 && corrupt === 0 && 2 * (delay + jitter) <= TIME_TO_VERDICT / 10
}

class Trial {
  readonly #culprit: Culprit
  readonly #world: World
  readonly #opener: End
  readonly #acceptor: End
  readonly #trace: (line: string) => void
  /** Since when the open that waits now has waited. */
  #waitsSince: Millis | undefined
  #healed = false

  constructor(culprit: Culprit, world: World, opener: Side, trace: (line: string) => void) {
    this.#culprit = culprit
    this.#world = world
    this.#trace = trace
    const end = (side: Side): End => ({
      session: world.sessions[side],
      connection: world.connections[side],
      window: world.windows[side][KIND],
    })
    this.#opener = end(opener)
    this.#acceptor = end(opener === 'client' ? 'server' : 'client')
  }

  /** @returns time to the verdict. @param faults takes what must not be */
  async run(faults: string[]): Promise<Millis | undefined> {
    const { clock, sessions, server } = this.#world
    const misbehaviour = this.#culprit.begin(this.#opener, this.#acceptor)
    const opening = this.#openWithoutEnd(misbehaviour)
    const verdictMs = await this.#awaitVerdict(faults)
    this.#healed = true
    misbehaviour.heal()
    await inTime(clock, HEALED, 'the stream that waited', opening)
    if ((await this.#watch(HEALED, () => this.#isClean)) !== 'done')
      faults.push('not all is given back after everything was set right')
    sessions.client.close()
    await inTime(clock, HEALED, 'the end', Promise.all(SIDES.map((side) => sessions[side].closed)))
    await inTime(clock, HEALED, 'the closing of the server', server.close())
    return verdictMs
  }

  /** Opens one stream after the other until all is set right: a limit may grow before it holds. */
  async #openWithoutEnd(misbehaviour: Misbehaviour): Promise<void> {
    const { session } = this.#opener
    while (!this.#healed) {
      let stream = session.tryOpen(KIND)
      if (stream === undefined) {
        this.#waitsSince = this.#world.clock.now()
        stream = await session.openStream({ deadline: Number.POSITIVE_INFINITY })
        this.#waitsSince = undefined
      }
      misbehaviour.use(stream)
      // Exchanges have the time that they need, as long as any is possible.
      await new Promise<void>((resolve) => this.#world.clock.after(1, resolve))
    }
  }

  /** Time from the beginning of the wait to the verdict; undefined: it did not come in time. */
  async #awaitVerdict(faults: string[]): Promise<Millis | undefined> {
    const { clock } = this.#world
    const { judge, verdict: expected, proves } = this.#culprit
    const { session } = judge === 'opener' ? this.#opener : this.#acceptor
    const waited = (): Millis => (this.#waitsSince === undefined ? 0 : clock.now() - this.#waitsSince)
    let verdictMs: Millis | undefined
    const outcome = await this.#watch(OPENING, () => {
      const { verdict } = session
      if (waited() > 0 && verdict.code === expected) {
        verdictMs ??= waited()
        const proof = accountProof(verdict)
        if (proof === null || !proves(proof)) faults.push(`no proof of ${expected}: ${verdict.summary}`)
      } else {
        verdictMs = undefined
      }
      // It stays what it is for as long again.
      return waited() > 2 * TIME_TO_VERDICT
    })
    if (outcome !== 'done') faults.push('no open ever had to wait for long')
    else if (verdictMs === undefined || verdictMs > TIME_TO_VERDICT)
      faults.push(
        `${this.#culprit.name}: the verdict ${expected} came after ${verdictMs} ms, now it is ${session.verdict.summary}`,
      )
    this.#trace(`${expected} after ${verdictMs} ms: ${session.verdict.summary}`)
    return verdictMs
  }

  /** Lets time pass in small steps until something holds. */
  async #watch(bound: Millis, holds: () => boolean): Promise<'done' | 'bound'> {
    const { clock } = this.#world
    const end = clock.now() + bound
    while (clock.now() < end) {
      await clock.run(Math.min(end, clock.now() + INTERVAL), () => false)
      if (holds()) return 'done'
    }
    return 'bound'
  }

  get #isClean(): boolean {
    return [this.#opener, this.#acceptor].every(
      ({ session }) => session.liveStreams().length === 0 && session.verdict.harmless,
    )
  }
}
