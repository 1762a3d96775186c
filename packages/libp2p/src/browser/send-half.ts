import type { Millis } from '@sluice/credit'
import type { StreamCode } from '@sluice/webtransport'
import { Timer } from '../timer.ts'
import { classify, withCode } from './platform-error.ts'

/** Bytes that may wait in the platform's writer. */
const HIGH_WATER = 262_144

/**
 * How long the platform may take over a FIN. Chromium never finishes after some early STOP_SENDING, which it answers
 * all the same: the half is no longer counted after the first time. A peer that reads slowly has until the second.
 */
const COUNTED: Millis = 10_000
const FINISH_TIMEOUT: Millis = 60_000

export interface SendHalfEvents {
  writable(): void
  stopped(code: StreamCode): void
  finished(): void
  /** Exactly once: nothing more will be sent. */
  over(): void
}

/** The writing half of a platform stream, with one writer for all its life. */
export class SendHalf {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>
  readonly #events: SendHalfEvents
  readonly #finishTimer = new Timer(() => this.#late())
  #state: 'open' | 'finishing' | 'over' = 'open'
  #told = false
  #waiting = 0
  #blocked = false
  #stopCode: StreamCode | undefined

  constructor(writable: WritableStream<Uint8Array>, events: SendHalfEvents) {
    this.#events = events
    this.#writer = writable.getWriter()
    // Also how an idle writer learns of STOP_SENDING. Writes and the close reject with the same reason.
    this.#writer.closed.catch((error: unknown) => this.#onError(error))
  }

  get stopCode(): StreamCode | undefined {
    return this.#stopCode
  }

  write(data: Uint8Array): number {
    if (this.#state !== 'open') return 0
    const taken = Math.min(data.byteLength, HIGH_WATER - this.#waiting)
    if (taken > 0) {
      this.#waiting += taken
      this.#writer.write(data.slice(0, taken)).then(
        () => this.#written(taken),
        () => {},
      )
    }
    if (taken < data.byteLength) this.#blocked = true
    return taken
  }

  finish(): void {
    if (this.#state !== 'open') return
    this.#state = 'finishing'
    this.#finishTimer.arm(COUNTED)
    this.#writer.close().then(
      () => {
        if (this.#end()) this.#events.finished()
      },
      () => {},
    )
  }

  reset(code: number): void {
    if (this.#state === 'over') return
    this.#writer.abort(withCode(code)).catch(() => {})
    this.#end()
  }

  /** The session is gone, and this half with it. */
  lose(): void {
    this.#end()
  }

  #written(bytes: number): void {
    this.#waiting -= bytes
    if (!this.#blocked || this.#state !== 'open' || this.#waiting > HIGH_WATER / 2) return
    this.#blocked = false
    this.#events.writable()
  }

  #onError(error: unknown): void {
    if (this.#state === 'over') return
    const cause = classify(error)
    // The end of the session reaches every stream by its own way.
    if (cause.kind === 'session') return
    this.#stopCode = cause.code
    this.#end()
    this.#events.stopped(cause.code)
  }

  #late(): void {
    if (this.#told) {
      this.reset(0)
      return
    }
    this.#tellOver()
    this.#finishTimer.arm(FINISH_TIMEOUT - COUNTED)
  }

  #end(): boolean {
    if (this.#state === 'over') return false
    this.#state = 'over'
    this.#finishTimer.disarm()
    this.#tellOver()
    return true
  }

  #tellOver(): void {
    if (this.#told) return
    this.#told = true
    this.#events.over()
  }
}
