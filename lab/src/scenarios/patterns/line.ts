import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { Relay } from '../../impairment/relay.ts'

/** The way between us and a peer: straight, or through a relay that can lose packets. */
export class Line {
  readonly #relay: Relay | undefined
  readonly address: Multiaddr

  private constructor(address: Multiaddr, relay: Relay | undefined) {
    this.address = address
    this.#relay = relay
  }

  /** @param lossy whether it leads through a relay */
  static async to(address: Multiaddr, lossy: boolean): Promise<Line> {
    if (!lossy) return new Line(address, undefined)
    const text = address.toString()
    const [, port] = /\/udp\/(\d+)\//.exec(text) ?? []
    if (port === undefined) throw new RangeError(`${text} has no UDP port`)
    const relay = await Relay.start({ target: Number(port), seed: 1 })
    return new Line(multiaddr(text.replace(`/udp/${port}/`, `/udp/${relay.port}/`)), relay)
  }

  /** Packets on the way to us that were lost on purpose. */
  get lost(): number {
    return this.#relay?.counts.toClient.lost ?? 0
  }

  /** Loses every packet on the way to us from now on, or no longer. */
  cut(cut: boolean): void {
    this.#relay?.impair({ toClient: { loss: cut ? 1 : 0 } })
  }

  async close(): Promise<void> {
    await this.#relay?.close()
  }
}
