import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { seededRandom } from '@sluice/engine/virtual'

/** What happens to packets on their way in one direction. Probabilities are between 0 and 1; left out: never. */
export interface Impairment {
  readonly loss?: number
  readonly duplicate?: number
  /** A packet is held back until the next one has passed. */
  readonly reorder?: number
  /** Milliseconds that each packet takes. */
  readonly delay?: number
  /** Up to so many milliseconds more, evenly spread. */
  readonly jitter?: number
}

export interface RelayOptions {
  /** UDP port on 127.0.0.1 of the server behind the relay. */
  readonly target: number
  /** Repeats every decision for the same packets in the same order. */
  readonly seed: number
  readonly toServer?: Impairment
  readonly toClient?: Impairment
}

export interface DirectionCounts {
  received: number
  lost: number
  duplicated: number
  reordered: number
}

type Send = (packet: Buffer) => void

/** One direction of the relay: decides about each packet. */
class Direction {
  readonly counts: DirectionCounts = { received: 0, lost: 0, duplicated: 0, reordered: 0 }
  impairment: Impairment
  readonly #random: () => number
  #held: (() => void) | undefined

  constructor(impairment: Impairment, seed: number) {
    this.impairment = impairment
    this.#random = seededRandom(seed)
  }

  pass(packet: Buffer, send: Send): void {
    const { loss = 0, duplicate = 0, reorder = 0 } = this.impairment
    // Always the same number of draws a packet, so that one decision does not shift the others.
    const [lost, doubled, late] = [this.#random() < loss, this.#random() < duplicate, this.#random() < reorder]
    this.counts.received += 1
    if (lost) {
      this.counts.lost += 1
      return
    }
    const deliver = (): void => {
      this.#later(() => send(packet))
      if (doubled) this.#later(() => send(packet))
    }
    if (doubled) this.counts.duplicated += 1
    if (late && this.#held === undefined) {
      this.counts.reordered += 1
      this.#held = deliver
      return
    }
    deliver()
    this.#held?.()
    this.#held = undefined
  }

  #later(send: () => void): void {
    const { delay = 0, jitter = 0 } = this.impairment
    const wait = delay + this.#random() * jitter
    if (wait === 0) send()
    else setTimeout(send, wait)
  }
}

interface Flow {
  readonly client: RemoteInfo
  outside: Socket
}

/** A UDP relay on loopback between QUIC clients and one server that loses, delays and mixes up packets, repeatably. */
export class Relay {
  readonly #target: number
  readonly #inside: Socket
  readonly #flows = new Map<string, Flow>()
  readonly #toServer: Direction
  readonly #toClient: Direction
  #closed = false

  private constructor(options: RelayOptions, inside: Socket) {
    this.#target = options.target
    this.#inside = inside
    this.#toServer = new Direction(options.toServer ?? {}, options.seed)
    this.#toClient = new Direction(options.toClient ?? {}, options.seed + 1)
    inside.on('message', (packet, client) => this.#fromClient(packet, client))
  }

  static async start(options: RelayOptions): Promise<Relay> {
    return new Relay(options, await bind())
  }

  /** Where clients find the server. */
  get port(): number {
    return this.#inside.address().port
  }

  get counts(): { readonly toServer: Readonly<DirectionCounts>; readonly toClient: Readonly<DirectionCounts> } {
    return { toServer: { ...this.#toServer.counts }, toClient: { ...this.#toClient.counts } }
  }

  /** Changes what happens to packets from now on. */
  impair(impairments: { readonly toServer?: Impairment; readonly toClient?: Impairment }): void {
    if (impairments.toServer !== undefined) this.#toServer.impairment = impairments.toServer
    if (impairments.toClient !== undefined) this.#toClient.impairment = impairments.toClient
  }

  /** The server sees every client at a new port from now on, and what it sends to the old one is lost: a NAT rebinding. */
  async rebind(): Promise<void> {
    for (const flow of this.#flows.values()) {
      const old = flow.outside
      flow.outside = await this.#openOutside(flow)
      old.close()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const { outside } of this.#flows.values()) outside.close()
    this.#flows.clear()
    this.#inside.close()
    await once(this.#inside, 'close')
  }

  async #fromClient(packet: Buffer, client: RemoteInfo): Promise<void> {
    const key = `${client.address}:${client.port}`
    const flow = this.#flows.get(key) ?? (await this.#openFlow(key, client))
    this.#toServer.pass(packet, (bytes) => {
      if (!this.#closed) flow.outside.send(bytes, this.#target, '127.0.0.1')
    })
  }

  async #openFlow(key: string, client: RemoteInfo): Promise<Flow> {
    const outside = await bind()
    const known = this.#flows.get(key)
    if (known !== undefined || this.#closed) {
      outside.close()
      return known ?? { client, outside }
    }
    const flow = { client, outside }
    this.#flows.set(key, flow)
    this.#listen(flow, outside)
    return flow
  }

  async #openOutside(flow: Flow): Promise<Socket> {
    const outside = await bind()
    this.#listen(flow, outside)
    return outside
  }

  #listen(flow: Flow, outside: Socket): void {
    outside.on('message', (packet) => {
      this.#toClient.pass(packet, (bytes) => {
        if (!this.#closed) this.#inside.send(bytes, flow.client.port, flow.client.address)
      })
    })
  }
}

async function bind(): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  // ICMP "port unreachable" after one end went away; QUIC notices by itself.
  socket.on('error', () => {})
  return socket
}
