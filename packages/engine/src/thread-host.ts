import type { EndpointHost } from './endpoint-host.ts'
import { acquire, release } from './keep-alive.ts'
import type { Addon, HotCalls, NativeEndpoint, NativeEndpointOptions } from './native.ts'

/** Endpoints whose threads run; `process.exit()` gives them a last moment. */
const running = new Set<NativeEndpoint>()

process.on('exit', () => {
  for (const native of running) native.shutDown()
})

/** Endpoints with a thread and a UDP socket each. */
export class ThreadHost implements EndpointHost {
  readonly hot: HotCalls
  readonly #addon: Addon

  constructor(addon: Addon) {
    this.#addon = addon
    this.hot = addon.hot
  }

  bind(options: NativeEndpointOptions, announce: () => void): NativeEndpoint {
    const native = this.#addon.NativeEndpoint.bind(options, announce)
    running.add(native)
    acquire()
    return native
  }

  tick(): void {
    // A thread reads the machine's clock.
  }

  stopped(native: NativeEndpoint): void {
    native.join()
    running.delete(native)
    release()
  }
}
