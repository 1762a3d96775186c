import type { Clock } from '@sluice/webtransport'

/** What `setTimeout` gives; js-libp2p and its friends ask for no more. */
class VirtualTimer {
  readonly cancel: () => void

  constructor(cancel: () => void) {
    this.cancel = cancel
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }
}

/**
 * Lets `setTimeout`, `clearTimeout` and `Date.now` of everybody follow a clock: js-libp2p takes no clock of ours. What
 * comes back undoes it.
 */
export function installTimers(clock: Clock): () => void {
  const { setTimeout, clearTimeout } = globalThis
  const { now } = Date
  const start = now() - clock.now()
  const virtual = (run: (...args: unknown[]) => void, delay = 0, ...args: unknown[]): VirtualTimer =>
    new VirtualTimer(clock.after(delay, () => run(...args)))
  globalThis.setTimeout = Object.assign(virtual, setTimeout) as unknown as typeof setTimeout
  globalThis.clearTimeout = (timer) => {
    if (timer instanceof VirtualTimer) timer.cancel()
    else clearTimeout(timer)
  }
  Date.now = () => start + clock.now()
  return () => {
    globalThis.setTimeout = setTimeout
    globalThis.clearTimeout = clearTimeout
    Date.now = now
  }
}
