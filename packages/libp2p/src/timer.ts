import type { Millis } from '@sluice/credit'

/** A timeout that can be armed again, and that does not keep a Node process alive. */
export class Timer {
  readonly #onTime: () => void
  #handle: ReturnType<typeof setTimeout> | undefined

  constructor(onTime: () => void) {
    this.#onTime = onTime
  }

  get armed(): boolean {
    return this.#handle !== undefined
  }

  /** Arms it, in place of what was armed before; a delay that is not finite disarms it. */
  arm(delay: Millis): void {
    this.disarm()
    if (!Number.isFinite(delay)) return
    this.#handle = setTimeout(() => {
      this.#handle = undefined
      this.#onTime()
    }, delay)
    // A number in browsers.
    if (typeof this.#handle === 'object') this.#handle.unref()
  }

  disarm(): void {
    clearTimeout(this.#handle)
    this.#handle = undefined
  }
}
