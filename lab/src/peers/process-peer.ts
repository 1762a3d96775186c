import type { Commands, PeerEvent } from './commands.ts'
import { LineProcess } from './line-process.ts'
import type { Peer } from './peer.ts'

const startWithin = 20_000

/** A libp2p peer in a process of its own. */
export class ProcessPeer extends LineProcess<Commands, PeerEvent> implements Peer {
  #peerId = ''
  #addresses: readonly string[] = []

  /** Starts the process and waits until it listens. @throws PeerGoneError */
  static async start(name: string, file: string, args: readonly string[]): Promise<ProcessPeer> {
    const peer = new ProcessPeer(name, file, args)
    const { peerId, addresses } = await peer.started('listening', startWithin)
    peer.#peerId = peerId
    peer.#addresses = addresses ?? []
    return peer
  }

  get peerId(): string {
    return this.#peerId
  }

  get addresses(): readonly string[] {
    return this.#addresses
  }
}
