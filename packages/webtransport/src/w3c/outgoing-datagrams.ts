import type { Millis } from '@sluice/credit'
import type { Clock } from '../clock.ts'
import type { WebTransportSession } from '../session/webtransport-session.ts'
import { toBytes } from './bytes.ts'

const DEFAULT_MAX_BUFFERED = 64

interface Waiting {
  readonly payload: Uint8Array
  readonly at: Millis
  /** Lets the writer go on. */
  readonly done: () => void
}

/**
 * Datagrams on their way out. As long as fewer than `maxBuffered` wait for room, a write is done at once; what is older
 * than `maxAge`, or larger than the path takes, is dropped, as datagrams may be.
 */
export class OutgoingDatagrams {
  maxAge: number | null = null
  maxBuffered = DEFAULT_MAX_BUFFERED
  expired = 0
  readonly #clock: Clock
  #session: WebTransportSession | undefined
  #waiting: Waiting[] = []
  #over = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  begin(session: WebTransportSession): void {
    this.#session = session
    this.flush()
  }

  /** @throws TypeError when the chunk is no BufferSource */
  async send(chunk: BufferSource): Promise<void> {
    const payload = toBytes(chunk).slice()
    if (this.#over) return
    await new Promise<void>((done) => {
      this.#waiting.push({ payload, at: this.#clock.now(), done })
      this.flush()
      if (this.#waiting.length < this.maxBuffered) done()
    })
  }

  /** Sends what there is room for. */
  flush(): void {
    while (this.#session !== undefined || this.maxAge !== null) {
      const [next] = this.#waiting
      if (next === undefined) return
      if (this.maxAge !== null && this.#clock.now() - next.at > this.maxAge) this.expired += 1
      else if (this.#session === undefined || this.#session.sendDatagram(next.payload) === 'full') return
      this.#waiting.shift()
      next.done()
    }
  }

  end(): void {
    this.#over = true
    for (const { done } of this.#waiting) done()
    this.#waiting = []
  }
}
