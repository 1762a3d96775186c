import { CheckFailedError } from '../errors.ts'
import type { Peer } from '../peers/peer.ts'
import type { Figures } from './check.ts'
import type { Contestant } from './contestants.ts'
import { settled } from './ledger.ts'

export interface Load {
  /** Streams of each of the four stream checks. */
  readonly streams: number
  /** Bytes of the echo checks. */
  readonly bytes: number
}

/** The two peers of a libp2p cell; a new one takes the place of each that a check used up. */
export class Libp2pPair {
  readonly load: Load
  readonly #dialing: Contestant
  readonly #listening: Contestant
  #dialer: Peer | undefined
  #listener: Peer | undefined
  #connected = false

  constructor(dialer: Contestant, listener: Contestant, load: Load) {
    this.#dialing = dialer
    this.#listening = listener
    this.load = load
  }

  get rotates(): boolean {
    return this.#listening.rotates
  }

  get dialerIsOurs(): boolean {
    return this.#dialing.ours
  }

  get listenerIsOurs(): boolean {
    return this.#listening.ours
  }

  /** The two peers, started if need be, not necessarily connected. */
  async peers(): Promise<{ dialer: Peer; listener: Peer }> {
    this.#listener ??= await this.#listening.start('listen')
    this.#dialer ??= await this.#dialing.start('dial')
    return { dialer: this.#dialer, listener: this.#listener }
  }

  /** The two peers, with a connection between them. */
  async connected(): Promise<{ dialer: Peer; listener: Peer }> {
    const peers = await this.peers()
    if (!this.#connected) await this.dial()
    return peers
  }

  async dial(): Promise<Figures> {
    const { dialer, listener } = await this.peers()
    const address = listener.addresses[0]
    if (address === undefined) throw new CheckFailedError(`${listener.name} has no address`)
    const before = listener.events.count('connected')
    const { peerId, milliseconds } = await dialer.request('dial', { address, timeout: 20_000 })
    await listener.events.wait('connected', before, 10_000)
    this.#connected = true
    return { address, peerId, milliseconds }
  }

  /** A second dialer, beside the one that stands. */
  async anotherDialer(): Promise<Peer> {
    return await this.#dialing.start('dial')
  }

  /** There is a connection, which was dialled by other means. */
  standing(): void {
    this.#connected = true
  }

  /** There is no connection any more; the next check dials again. */
  disconnected(): void {
    this.#connected = false
  }

  /** The dialer is gone with its tab or process. */
  dialerGone(): void {
    this.#dialer = undefined
    this.#connected = false
  }

  listenerGone(): void {
    this.#listener = undefined
    this.#connected = false
  }

  /** The next check starts with new peers. */
  async renew(): Promise<void> {
    const [dialer, listener] = [this.#dialer, this.#listener]
    this.#dialer = undefined
    this.listenerGone()
    await Promise.allSettled([dialer?.kill(), listener?.kill()])
  }

  /** Ends what outlives a killed dialer. */
  async killDialersHost(): Promise<void> {
    await this.#dialing.kill()
  }

  /** The ledgers of those ends that are ours. @throws CheckFailedError */
  async ledgers(): Promise<Figures> {
    const ends: [string, Peer | undefined, boolean][] = [
      ['dialer', this.#dialer, this.#dialing.ours],
      ['listener', this.#listener, this.#listening.ours],
    ]
    const figures: Record<string, unknown> = {}
    for (const [end, peer, ours] of ends) if (ours && peer !== undefined) figures[end] = await settled(peer)
    return figures
  }

  async close(): Promise<void> {
    const ends = await Promise.allSettled([this.#dialer?.stop(), this.#listener?.stop()])
    const hosts = await Promise.allSettled([this.#dialing.close(), this.#listening.close()])
    const failed = [...ends, ...hosts].find((end) => end.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }
}
