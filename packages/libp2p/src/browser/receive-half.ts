import type { Millis, PeerStrategy } from '@sluice/credit'
import type { SessionStream, StreamCode } from '@sluice/webtransport'
import { Timer } from '../timer.ts'
import { classify, withCode } from './platform-error.ts'

/** After so long without a byte there is nothing left to read away, and a cancel costs nothing. */
const DISCARD_QUIET: Millis = 10_000

/** Bytes read away in place of a cancel that the platform would not send, before it is called after all. */
const DISCARD_LIMIT = 16_777_216

export interface ReceiveHalfEvents {
  readable(): void
  /** Exactly once: nothing more will come. */
  over(): void
}

/**
 * The reading half of a platform stream, with one reader for all its life. One chunk is read ahead, always: an end or
 * a reset is seen at once, and Chromium's tab hangs when a stream that is reset early is written to and never read.
 */
export class ReceiveHalf {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #strategy: PeerStrategy
  readonly #events: ReceiveHalfEvents
  #chunk: Uint8Array | undefined
  /** What the platform said, and the reader here may not have reached yet. */
  #end: 'ended' | 'reset' | 'spoiled' | 'lost' | undefined
  #state: SessionStream['receiveState'] = 'open'
  #resetCode: StreamCode | undefined
  #told = false

  /** @param strategy how the browser's own faults are met */
  constructor(readable: ReadableStream<Uint8Array>, strategy: PeerStrategy, events: ReceiveHalfEvents) {
    this.#strategy = strategy
    this.#events = events
    this.#reader = readable.getReader()
    this.#reader.closed.catch(() => {})
    void this.#readAhead()
  }

  get state(): SessionStream['receiveState'] {
    return this.#state
  }

  /** The platform threw away what was left and the peer's end, read up to here or not. */
  get spoiled(): boolean {
    return this.#end === 'spoiled'
  }

  get resetCode(): StreamCode | undefined {
    return this.#state === 'reset' ? this.#resetCode : undefined
  }

  read(max = Number.POSITIVE_INFINITY): Uint8Array | undefined {
    if (this.#state !== 'open') return undefined
    const chunk = this.#chunk
    if (chunk === undefined) {
      if (this.#end !== undefined) this.#state = this.#end
      return undefined
    }
    if (chunk.byteLength > max) {
      this.#chunk = chunk.subarray(max)
      return chunk.subarray(0, max)
    }
    this.#chunk = undefined
    void this.#readAhead()
    return chunk
  }

  stop(code: number): void {
    if (this.#state !== 'open') return
    this.#state = 'stopped'
    this.#chunk = undefined
    if (this.#end !== undefined) return
    if (this.#strategy.cancel === 'drain') void this.#discard()
    else this.#cancel(code)
  }

  /** The session is gone, and this half with it. */
  lose(): void {
    if (this.#state === 'open') this.#state = 'lost'
    this.#chunk = undefined
    this.#tellOver()
  }

  async #readAhead(): Promise<void> {
    const chunk = await this.#next()
    if (this.#state !== 'open') return
    this.#chunk = chunk
    this.#events.readable()
  }

  async #discard(): Promise<void> {
    const quiet = new Timer(() => this.#cancel(0))
    for (let discarded = 0; this.#end === undefined && discarded < DISCARD_LIMIT; ) {
      quiet.arm(DISCARD_QUIET)
      discarded += (await this.#next())?.byteLength ?? 0
    }
    quiet.disarm()
    if (this.#end === undefined) this.#cancel(0)
  }

  #cancel(code: number): void {
    this.#reader.cancel(withCode(code)).catch(() => {})
    this.#tellOver()
  }

  /** The platform's next chunk that has bytes; undefined: the end, which it notes. */
  async #next(): Promise<Uint8Array | undefined> {
    try {
      for (;;) {
        const { done, value } = await this.#reader.read()
        if (!done && value.byteLength === 0) continue
        if (done) {
          this.#end ??= 'ended'
          this.#tellOver()
        }
        return value
      }
    } catch (error) {
      const cause = classify(error)
      if (cause.kind === 'session') {
        // The end of the session reaches every stream by its own way.
        this.#end ??= 'lost'
      } else {
        // A reset by the peer has a code wherever one STOP_SENDING spoils both halves.
        const spoiled = this.#strategy.stopEnds === 'both-halves' && cause.code.app === undefined
        this.#end ??= spoiled ? 'spoiled' : 'reset'
        this.#resetCode = cause.code
        this.#tellOver()
      }
      return undefined
    }
  }

  #tellOver(): void {
    if (this.#told) return
    this.#told = true
    this.#events.over()
  }
}
