import { type Clock, systemClock } from '../clock.ts'
import type { SocketAddress } from '../engine.ts'
import { Path, type PathConditions } from './path.ts'
import { seededRandom } from './random.ts'

/** What a network brings datagrams to. */
export interface NetworkNode {
  receive(from: SocketAddress, data: Uint8Array): void
}

export interface VirtualNetworkOptions {
  /** Default: the system's, so that the network runs by itself in real time. */
  readonly clock?: Clock
  /** Decides what is lost, late and so on, and what the endpoints draw; default 0. */
  readonly seed?: number
  /** What a datagram meets on its way, asked for each; default: a perfect wire. */
  readonly conditions?: (from: SocketAddress, to: SocketAddress) => PathConditions
}

/** A datagram, as an observer sees it. */
export interface Passage {
  readonly from: SocketAddress
  readonly to: SocketAddress
  readonly bytes: number
  /** 0: it is lost. */
  readonly copies: number
}

const FIRST_PORT = 49_152

/** Endpoints in one process and the ways between them. */
export class VirtualNetwork {
  readonly clock: Clock
  readonly seed: number
  /** Called for each datagram that is sent. */
  observer: ((passage: Passage) => void) | undefined
  readonly #conditions: (from: SocketAddress, to: SocketAddress) => PathConditions
  readonly #nodes = new Map<number, NetworkNode>()
  readonly #paths = new Map<string, Path>()
  #nextPort = FIRST_PORT

  constructor({ clock = systemClock, seed = 0, conditions = () => ({}) }: VirtualNetworkOptions = {}) {
    this.clock = clock
    this.seed = seed
    this.#conditions = conditions
  }

  /** Takes a port; undefined when it is in use. 0 picks a free one. */
  attach(port: number, node: NetworkNode): number | undefined {
    const taken = port === 0 ? this.#freePort() : port
    if (this.#nodes.has(taken)) return undefined
    this.#nodes.set(taken, node)
    return taken
  }

  detach(port: number): void {
    this.#nodes.delete(port)
  }

  /** Carries a datagram, or loses it. */
  send(from: SocketAddress, to: SocketAddress, data: Uint8Array): void {
    const arrivals = this.#path(from, to).carry(data, this.#conditions(from, to), this.clock.now())
    this.observer?.({ from, to, bytes: data.length, copies: arrivals.length })
    for (const arrival of arrivals) {
      this.clock.after(Math.max(0, arrival - this.clock.now()), () => this.#nodes.get(to.port)?.receive(from, data))
    }
  }

  #path(from: SocketAddress, to: SocketAddress): Path {
    const name = `${from.port} ${to.port}`
    const known = this.#paths.get(name)
    if (known !== undefined) return known
    // The number of the path is part of its seed: both directions must not lose the same datagrams.
    const path = new Path(seededRandom(this.seed * 31 + this.#paths.size + 1))
    this.#paths.set(name, path)
    return path
  }

  #freePort(): number {
    while (this.#nodes.has(this.#nextPort)) this.#nextPort += 1
    return this.#nextPort++
  }
}
