import type { Millis } from '@sluice/credit'
import { InactivityTimeoutError } from './errors.ts'
import type { StreamLimits } from './limits.ts'
import { Timer } from './timer.ts'

/** What the watch asks of its stream, and does to it. */
export interface HalfOpenStream {
  inactivityTimeout(): Millis
  /** Somebody takes what comes. */
  listening(): boolean
  /** Our half is to end, and has not yet: the peer leaves no room for what was written. */
  closing(): boolean
  /** Somebody takes what comes, or said with `pause()` that he will. */
  reading(): boolean
  discard(): void
  stop(): void
  abort(error: Error): void
}

/**
 * Bounds the life of a stream that was forgotten, which keeps its credit for nothing: one with a single half on which
 * nothing moves, and one with both on which nothing moves and that nobody reads, or that is being closed. Another one that
 * somebody reads is the application's own affair, however quiet.
 */
export class HalfOpenWatch {
  readonly #limits: StreamLimits
  readonly #stream: HalfOpenStream
  readonly #timer: Timer
  #state: 'whole' | 'lingering' | 'draining' | 'idle' | 'ended' = 'whole'
  #lastActivity: Millis = Date.now()

  constructor(limits: StreamLimits, stream: HalfOpenStream) {
    this.#limits = limits
    this.#stream = stream
    this.#timer = new Timer(() => this.#onTime())
  }

  /** The stream begins, with both halves open. */
  begin(): void {
    this.#timer.arm(this.#stream.inactivityTimeout())
  }

  /** Our half is finished. A reader may still come within `linger`; after that the rest is read away, then stopped. */
  drain(): void {
    if (this.#state === 'ended' || this.#state === 'lingering' || this.#state === 'draining') return
    this.#state = 'lingering'
    this.#timer.arm(this.#limits.linger)
  }

  /** One half is over and somebody still uses the other: only inactivity ends it. */
  idle(): void {
    if (this.#state === 'idle' || this.#state === 'ended') return
    this.#state = 'idle'
    this.touch()
    this.#timer.arm(this.#stream.inactivityTimeout())
  }

  /** One half is over and nothing has moved on the other for so long. */
  forgotten(idleFor: Millis): boolean {
    return this.#state === 'idle' && Date.now() - this.#lastActivity >= idleFor
  }

  /** Bytes moved. */
  touch(): void {
    this.#lastActivity = Date.now()
  }

  /** Both halves are over. */
  end(): void {
    this.#state = 'ended'
    this.#timer.disarm()
  }

  #onTime(): void {
    switch (this.#state) {
      case 'ended':
        return
      case 'whole':
        if (this.#stream.listening() && !this.#stream.closing()) this.begin()
        else this.#abortWhenInactive()
        return
      case 'lingering':
        if (this.#stream.reading()) {
          this.idle()
        } else {
          this.#state = 'draining'
          this.#timer.arm(this.#limits.drainTime)
          this.#stream.discard()
        }
        return
      case 'draining':
        this.#stream.stop()
        return
      case 'idle':
        this.#abortWhenInactive()
        return
    }
  }

  #abortWhenInactive(): void {
    const timeout = this.#stream.inactivityTimeout()
    const left = this.#lastActivity + timeout - Date.now()
    if (left > 0) this.#timer.arm(left)
    else this.#stream.abort(new InactivityTimeoutError(timeout))
  }
}
