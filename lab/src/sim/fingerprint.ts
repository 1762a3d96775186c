import type { Passage, VirtualNetwork } from '@sluice/engine/virtual'

/** FNV-1a, 32 bits. */
const OFFSET = 0x811c9dc5
const PRIME = 0x01000193

/** One number for every datagram of a network, its time, size and fate: two runs that agree in it were the same. */
export class Fingerprint {
  #hash = OFFSET

  constructor(network: VirtualNetwork) {
    network.observer = (passage) => this.#add(passage, network.clock.now())
  }

  toString(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0')
  }

  #add({ from, bytes, copies }: Passage, now: number): void {
    for (const number of [from.port, bytes, copies, Math.round(now * 1_000)]) {
      this.#hash = Math.imul(this.#hash ^ (number & 0xffff), PRIME)
      this.#hash = Math.imul(this.#hash ^ (number >>> 16), PRIME)
    }
  }
}
