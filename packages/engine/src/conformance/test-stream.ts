import type { Stream } from '../engine.ts'
import type { Condition } from './condition.ts'

/** A stream, with its events as things to wait for. */
export class TestStream {
  readonly stream: Stream
  readonly #condition: Condition
  #finished = 0
  #stops: number[] = []
  #discarded: number[] = []
  #readable = 0
  #writable = 0

  constructor(stream: Stream, condition: Condition) {
    this.stream = stream
    this.#condition = condition
    const note = (action: () => void) => () => {
      action()
      condition.changed()
    }
    stream.events = {
      readable: note(() => (this.#readable += 1)),
      writable: note(() => (this.#writable += 1)),
      stopped: (code) => note(() => this.#stops.push(code))(),
      finished: note(() => (this.#finished += 1)),
      discarded: (bytes) => note(() => this.#discarded.push(bytes))(),
    }
  }

  get id(): number {
    return this.stream.id
  }

  /** How often each event came. */
  get seen(): { readonly readable: number; readonly writable: number; readonly finished: number } {
    return { readable: this.#readable, writable: this.#writable, finished: this.#finished }
  }

  /** Codes of `stopped`, each time. */
  get stops(): readonly number[] {
    return this.#stops
  }

  /** Byte counts of `discarded`, each time. */
  get discarded(): readonly number[] {
    return this.#discarded
  }

  /** Writes all of it, waiting for room. */
  async write(data: Uint8Array): Promise<void> {
    let rest = data
    while (rest.length > 0) {
      const before = this.#writable
      const taken = this.stream.write(rest)
      rest = rest.subarray(taken)
      if (rest.length > 0) await this.until('room to write', () => this.#writable > before)
    }
  }

  /** The next bytes, or undefined at the end of the half. */
  async read(max?: number): Promise<Uint8Array | undefined> {
    const found = await this.#condition.value('something to read', () => {
      const data = this.stream.read(max)
      return data ?? (this.stream.receiveState === 'open' ? undefined : 'end')
    })
    return found === 'end' ? undefined : found
  }

  /** Everything until the half ends; how it ended is in `stream.receiveState`. */
  async readAll(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    for (let chunk = await this.read(); chunk !== undefined; chunk = await this.read()) chunks.push(chunk)
    return Buffer.concat(chunks)
  }

  async finished(): Promise<void> {
    await this.until('the FIN to be acknowledged', () => this.#finished > 0)
  }

  async stopped(): Promise<number> {
    return this.#condition.value('STOP_SENDING', () => this.#stops[0])
  }

  until(what: string, holds: () => boolean): Promise<void> {
    return this.#condition.until(what, holds)
  }
}
