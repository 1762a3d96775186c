import type { Stream } from '@libp2p/interface'
import type { Millis } from '@sluice/credit'
import type { VirtualClock } from '@sluice/engine/virtual'
import { StreamEndedEarlyError } from '@sluice/libp2p'
import { type MuxerEnd, muxerEnd } from '@sluice/libp2p/testing'
import type { WebTransportSession } from '@sluice/webtransport'
import { Chance } from '../chance.ts'
import type { Side, SidePlan } from '../plan.ts'
import { MuxerAppStream } from './app-stream.ts'
import { muxerScript } from './script.ts'

/** Longer than anything here takes: whoever waits that long waits for ever. */
const OPEN_DEADLINE = 10_000_000

/**
 * What is abandoned is given back after so long: the inactivity timeout of js-libp2p, which begins anew when a stream that was
 * abandoned before it sets the window free. Less than what the governor waits before it reaps: it must not be needed.
 */
export const GIVEN_BACK: Millis = 400_000

/** The application at one end of a connection of js-libp2p. */
export class MuxerApplication {
  readonly side: Side
  readonly session: WebTransportSession
  readonly plan: SidePlan
  readonly streams = new Map<number, MuxerAppStream>()
  readonly faults: string[] = []
  readonly #end: MuxerEnd<WebTransportSession>
  readonly #seed: number
  readonly #clock: VirtualClock
  readonly #trace: (line: string) => void
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
    this.#end = muxerEnd(session, side === 'client' ? 'outbound' : 'inbound', { openDeadline: OPEN_DEADLINE })
    const listen = (): void =>
      this.#end.muxer.addEventListener('stream', ({ detail }) => {
        const id = Number(detail.id.slice(1))
        this.#add(detail, new Chance(this.#seed, id, side === 'client' ? 7 : 8), true)
      })
    clock.after(plan.holdAccepts, listen)
  }

  get opened(): number {
    return this.#made
  }

  /** Opens its streams; settles when it has done with each. */
  async round(): Promise<void> {
    let left = this.plan.streams
    const work = async (): Promise<void> => {
      while (left > 0) {
        left -= 1
        await this.#one()
      }
    }
    await Promise.all(Array.from({ length: Math.min(this.plan.concurrency, left) }, work))
  }

  async settled(): Promise<void> {
    await Promise.all([...this.streams.values()].map(({ done }) => done))
  }

  async close(): Promise<void> {
    await this.#end.connection.close()
  }

  async #one(): Promise<void> {
    const chance = new Chance(this.#seed, this.#made++, this.side === 'client' ? 5 : 6)
    try {
      const stream = await this.#end.muxer.createStream()
      const openedAt = this.#clock.now()
      await this.#add(stream, chance, false).done
      const age = Math.round(this.#clock.now() - openedAt)
      if (age > GIVEN_BACK) this.faults.push(`libp2p: ${this.side} had stream ${stream.id} on its hands for ${age} ms`)
    } catch (error) {
      // The peer may give it up before it is handed over.
      if (!(error instanceof StreamEndedEarlyError)) this.faults.push(`${this.side} could not open a stream: ${error}`)
    }
  }

  #add(stream: Stream, chance: Chance, mayAbandon: boolean): MuxerAppStream {
    const app = new MuxerAppStream(stream, this.side, muxerScript(chance, mayAbandon), this.#clock)
    this.streams.set(app.id, app)
    this.#trace(`${this.side} has ${stream.id}: ${JSON.stringify(app.script)}`)
    void app.done.then(() =>
      this.#trace(`${this.side} is done with ${stream.id}: sent ${app.bytesSent}, got ${app.bytesReceived}`),
    )
    return app
  }
}
