const PERIOD = 251
const BLOCK = 65_536

/** Long enough that any block of any phase is a part of it. */
const table = Uint8Array.from({ length: BLOCK + PERIOD }, (_, index) => index % PERIOD)

/** The bytes that one half carries: no two halves of a run agree in more than their period. */
export class Pattern {
  readonly #phase: number

  constructor(streamId: number, sender: 'client' | 'server') {
    this.#phase = streamId * 7 + (sender === 'client' ? 0 : 101)
  }

  /** At most 64 KiB from an offset on. */
  at(offset: number, length: number): Uint8Array {
    const start = (this.#phase + offset) % PERIOD
    return table.subarray(start, start + Math.min(length, BLOCK))
  }

  /** Whether a chunk is what belongs there. */
  matches(offset: number, chunk: Uint8Array): boolean {
    return Buffer.compare(chunk, this.at(offset, chunk.length)) === 0
  }
}
