import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { SocketAddress } from '../engine.ts'

/** A relay between one client and a server that loses packets, and moves, as told. The losses are always the same. */
export class Path {
  /** Share of the packets that are lost, each way. */
  loss = 0
  dropFromServer = false
  readonly #front: Socket
  #back: Socket
  #client: { readonly port: number; readonly address: string } | undefined
  #random = 1

  static async to(server: SocketAddress): Promise<Path> {
    const [front, back] = await Promise.all([openSocket(), openSocket()])
    return new Path(server, front, back)
  }

  private constructor(server: SocketAddress, front: Socket, back: Socket) {
    this.#front = front
    this.#back = back
    front.on('message', (packet, from) => {
      this.#client = from
      if (!this.#isLost()) this.#back.send(packet, server.port, server.host)
    })
    this.#relayBack(back)
  }

  /** Where the client dials. */
  get address(): SocketAddress {
    return toAddress(this.#front)
  }

  /** Whom the server sees. */
  get serverSide(): SocketAddress {
    return toAddress(this.#back)
  }

  /** The client's packets come from another port from now on, as after a NAT forgot it. */
  async rebind(): Promise<void> {
    const back = await openSocket()
    this.#back.close()
    this.#back = back
    this.#relayBack(back)
  }

  close(): void {
    this.#front.close()
    this.#back.close()
  }

  #relayBack(back: Socket): void {
    back.on('message', (packet) => {
      const client = this.#client
      if (client !== undefined && !this.dropFromServer && !this.#isLost()) {
        this.#front.send(packet, client.port, client.address)
      }
    })
  }

  /** A linear congruential generator (Numerical Recipes): good enough to lose packets. */
  #isLost(): boolean {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0
    return this.#random / 2 ** 32 < this.loss
  }
}

async function openSocket(): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return socket
}

function toAddress(socket: Socket): SocketAddress {
  const { address, port } = socket.address()
  return { host: address, port }
}
