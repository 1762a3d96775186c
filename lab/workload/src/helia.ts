import { withBitswap } from '@helia/bitswap'
import { type HeliaWithLibp2p, withLibp2pLight } from '@helia/libp2p'
import { type Identify, identify } from '@libp2p/identify'
import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { MemoryBlockstore } from 'blockstore-core'
import { createHeliaLight } from 'helia'
import type { Libp2pOptions } from 'libp2p'
import type { HeliaCommands } from '../../src/workload/commands.ts'
import { type Blockstore, fetchBlocks, makeBlocks } from './blocks.ts'

type Services = { identify: Identify }

/** Live streams of a connection, and how many there have been, by the transport's own account. */
export type StreamCount = (connection: Connection) => { readonly live: number; readonly opened: number } | undefined

export interface HeliaOptions {
  readonly transports: NonNullable<Libp2pOptions<Services>['transports']>
  readonly count?: StreamCount
}

type Name = keyof HeliaCommands

/** A Helia node that has bitswap, one transport and nothing else, and does what the harness asks for. */
export class HeliaPeer {
  readonly #helia: HeliaWithLibp2p<Services>
  readonly #count: StreamCount | undefined
  #connections = 0

  private constructor(helia: HeliaWithLibp2p<Services>, count: StreamCount | undefined) {
    this.#helia = helia
    this.#count = count
    helia.libp2p.addEventListener('connection:open', () => {
      this.#connections += 1
    })
  }

  static async start({ transports, count }: HeliaOptions): Promise<HeliaPeer> {
    const light = createHeliaLight({ blockstore: new MemoryBlockstore() })
    const connected = withLibp2pLight(light, {
      transports,
      // The default gater of a page refuses loopback addresses.
      connectionGater: { denyDialMultiaddr: () => false },
      services: { identify: identify() },
    })
    const helia = withBitswap(connected)
    await helia.start()
    return new HeliaPeer(helia, count)
  }

  get peerId(): string {
    return this.#helia.libp2p.peerId.toString()
  }

  async stop(): Promise<void> {
    await this.#helia.stop()
  }

  async request<N extends Name>(command: N, options: HeliaCommands[N]['options']): Promise<HeliaCommands[N]['result']> {
    const carryOut = this.#commands[command] as (
      options: HeliaCommands[N]['options'],
    ) => Promise<HeliaCommands[N]['result']>
    return await carryOut(options)
  }

  readonly #commands: {
    readonly [N in Name]: (options: HeliaCommands[N]['options']) => Promise<HeliaCommands[N]['result']>
  } = {
    dial: async ({ address, timeout = 60_000 }) => {
      await this.#helia.libp2p.dial(multiaddr(address), { signal: AbortSignal.timeout(timeout) })
      return null
    },
    fetch: async (options) => await fetchBlocks(this.#blockstore, options),
    make: async ({ count, size }) => ({ cids: await makeBlocks(this.#blockstore, count, size) }),
    streams: async () => {
      const counts = this.#helia.libp2p.getConnections().map((connection) => this.#count?.(connection))
      const connections = this.#connections
      if (counts.some((count) => count === undefined)) return { live: null, opened: null, connections }
      const sum = (of: 'live' | 'opened'): number => counts.reduce((total, count) => total + (count?.[of] ?? 0), 0)
      return { live: sum('live'), opened: sum('opened'), connections }
    },
  }

  get #blockstore(): Blockstore {
    return this.#helia.blockstore
  }
}
