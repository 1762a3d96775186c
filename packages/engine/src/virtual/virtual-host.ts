import type { EndpointHost } from '../endpoint-host.ts'
import type { SocketAddress } from '../engine.ts'
import { EngineError } from '../errors.ts'
import type { Addon, HotCalls, NativeEndpoint, NativeEndpointOptions, NativeVirtualLoop } from '../native.ts'
import type { NetworkNode, VirtualNetwork } from './network.ts'

/** Connections of one port are numbered from the port times this, so that no two endpoints share a number. */
const CONNECTIONS_A_PORT = 60_000

/** The loop of one endpoint of a virtual network. */
export class VirtualHost implements EndpointHost, NetworkNode {
  readonly hot: HotCalls
  readonly #addon: Addon
  readonly #network: VirtualNetwork
  #bound: Bound | undefined
  #workWanted = false
  #cancelTimer: (() => void) | undefined

  constructor(addon: Addon, network: VirtualNetwork) {
    this.#addon = addon
    this.#network = network
    this.hot = {
      ...addon.hot,
      flush: () => {
        this.#wantWork()
        return 0
      },
    }
  }

  bind(options: NativeEndpointOptions, announce: () => void): NativeEndpoint {
    const { host = '127.0.0.1' } = options
    const port = this.#network.attach(options.port ?? 0, this)
    if (port === undefined)
      throw new EngineError('ERR_ADDRESS_IN_USE', `port ${options.port} is in use; choose another or 0 for a free one`)
    const { seed, clock } = this.#network
    try {
      const firstConnection = port * CONNECTIONS_A_PORT
      const loop = this.#addon.NativeVirtualLoop.bind(
        { ...options, host, port },
        seed * 2 ** 16 + port,
        firstConnection,
      )
      this.#bound = { loop, announce, origin: clock.now(), address: { host: reachable(host), port } }
      return loop.endpoint()
    } catch (error) {
      this.#network.detach(port)
      throw error
    }
  }

  tick(): void {
    const bound = this.#bound
    if (bound !== undefined) bound.loop.setNow(Math.round((this.#network.clock.now() - bound.origin) * 1_000))
  }

  stopped(native: NativeEndpoint): void {
    this.#cancelTimer?.()
    if (this.#bound !== undefined) this.#network.detach(this.#bound.address.port)
    this.#bound = undefined
    native.join()
  }

  receive(from: SocketAddress, data: Uint8Array): void {
    if (this.#bound === undefined) return
    this.tick()
    this.#bound.loop.receive(from.host, from.port, data)
    this.#wantWork()
  }

  /** Works once for all that comes at this moment. */
  #wantWork(): void {
    if (this.#workWanted) return
    this.#workWanted = true
    this.#network.clock.after(0, () => {
      this.#workWanted = false
      this.#work()
    })
  }

  #work(): void {
    const bound = this.#bound
    if (bound === undefined) return
    this.tick()
    for (const { to, data } of bound.loop.work()) this.#network.send(bound.address, to, data)
    bound.announce()
    this.#armTimer()
  }

  #armTimer(): void {
    this.#cancelTimer?.()
    const bound = this.#bound
    const next = bound?.loop.nextTimeout() ?? undefined
    if (bound === undefined || next === undefined) return
    const delay = bound.origin + next / 1_000 - this.#network.clock.now()
    this.#cancelTimer = this.#network.clock.after(Math.max(0, delay), () => this.#work())
  }
}

interface Bound {
  readonly loop: NativeVirtualLoop
  readonly announce: () => void
  /** The network's time when the endpoint's began. */
  readonly origin: number
  readonly address: SocketAddress
}

/** The address that peers see of an endpoint that is bound to all. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}
