import { type Millis, NoStreamCreditError } from '@sluice/credit'
import type { VirtualClock } from '@sluice/engine/virtual'
import { SessionClosedError, type SessionStream, type WebTransportSession } from '@sluice/webtransport'
import { AppStream } from './app-stream.ts'
import { Chance } from './chance.ts'
import { ApplicationFault } from './errors.ts'
import type { Side, SidePlan } from './plan.ts'
import { streamScript } from './script.ts'

/** How many opens came to what. */
export interface OpenCounts {
  opened: number
  /** Ran out of time, or were called off. */
  gaveUp: number
  /** The session was over. */
  refused: number
}

/** The application at one end of a session. */
export class Application {
  readonly side: Side
  readonly session: WebTransportSession
  readonly plan: SidePlan
  /** All streams it ever had, by id. */
  readonly streams = new Map<number, AppStream>()
  readonly opens: OpenCounts = { opened: 0, gaveUp: 0, refused: 0 }
  /** What must not happen. */
  readonly faults: string[] = []
  /** Since when it takes no streams; undefined: it does. */
  holdsSince: number | undefined
  readonly #seed: number
  readonly #clock: VirtualClock
  readonly #trace: (line: string) => void
  readonly #openedAt: Millis[] = []
  #made = 0

  constructor(
    side: Side,
    session: WebTransportSession,
    plan: SidePlan,
    seed: number,
    clock: VirtualClock,
    trace: (line: string) => void,
  ) {
    this.side = side
    this.session = session
    this.plan = plan
    this.#seed = seed
    this.#clock = clock
    this.#trace = trace
  }

  /** Opens its streams of one round; settles when each is done with, or was not to be had. */
  async round(): Promise<void> {
    this.#accept()
    let left = this.plan.streams
    const work = async (): Promise<void> => {
      while (left > 0) {
        left -= 1
        await this.#one()
      }
    }
    await Promise.all(Array.from({ length: Math.min(this.plan.concurrency, left) }, work))
  }

  /** Whether a stream of the peer waits for this application: to be taken, or to be read to its end. */
  get keepsCredit(): boolean {
    if (this.holdsSince !== undefined) return true
    return [...this.streams.values()].some(({ stream, receive }) => stream.opener === 'them' && receive === 'open')
  }

  /** Whether what a stream brings is left where it is, for now. */
  get leavesUnread(): boolean {
    return this.holdsSince !== undefined || [...this.streams.values()].some(({ pauses }) => pauses)
  }

  /** How many streams it has opened since then. */
  openedSince(time: Millis): number {
    const first = this.#openedAt.findLastIndex((at) => at < time) + 1
    return this.#openedAt.length - first
  }

  /** Every stream that it has now is done with. */
  async settled(): Promise<void> {
    await Promise.all([...this.streams.values()].map(({ done }) => done))
  }

  #accept(): void {
    if (this.plan.holdAccepts > 0) {
      this.session.onStream = undefined
      this.session.onUniStream = undefined
      this.holdsSince = this.#clock.now()
      this.#clock.after(this.plan.holdAccepts, () => this.#take())
    } else {
      this.#take()
    }
  }

  #take(): void {
    this.holdsSince = undefined
    const taker = (stream: SessionStream): void => {
      const chance = new Chance(this.#seed, stream.id ?? 0, this.side === 'client' ? 3 : 4)
      this.#add(stream, chance)
      if (chance.happens(0.03)) throw new ApplicationFault('thrown by whoever takes streams')
    }
    this.session.onStream = taker
    this.session.onUniStream = taker
  }

  /** One stream from its opening to its end. */
  async #one(): Promise<void> {
    const chance = new Chance(this.#seed, this.#made++, this.side === 'client' ? 1 : 2)
    const uni = chance.happens(this.plan.uniShare)
    const impatient = this.plan.impatient && chance.happens(0.3)
    const controller = new AbortController()
    const deadline = impatient ? chance.magnitude(1, 1_000) : Number.POSITIVE_INFINITY
    const cancel =
      impatient && chance.happens(0.5) ? this.#clock.after(deadline / 2, () => controller.abort()) : () => {}
    const options = { deadline, signal: controller.signal }
    try {
      const stream = await (uni ? this.session.openUniStream(options) : this.session.openStream(options))
      this.opens.opened += 1
      this.#openedAt.push(this.#clock.now())
      await this.#add(stream, chance).done
    } catch (error) {
      if (error instanceof SessionClosedError) this.opens.refused += 1
      else if (impatient && (error instanceof NoStreamCreditError || error === controller.signal.reason))
        this.opens.gaveUp += 1
      else this.faults.push(`${this.side} could not open a stream: ${error}`)
    } finally {
      cancel()
    }
  }

  #add(stream: SessionStream, chance: Chance): AppStream {
    const script = streamScript(chance, this.plan.pauses)
    const app = new AppStream(stream, this.side, script, this.#clock)
    if (this.streams.has(app.id)) this.faults.push(`${this.side} got stream ${app.id} twice`)
    this.streams.set(app.id, app)
    this.#trace(
      `${this.side} has stream ${app.id}, ${stream.kind} opened by ${stream.opener}: ${JSON.stringify(script)}`,
    )
    void app.done.then(() =>
      this.#trace(
        `${this.side} is done with ${app.id}: sent ${app.bytesSent} (${app.send}), got ${app.bytesReceived} (${app.receive})`,
      ),
    )
    return app
  }
}
