import { EngineError } from '../errors.ts'
import type { MemoryStream, StreamHost } from './stream.ts'

/** Sending part of a stream (RFC 9000, 3.1). */
export class SendHalf {
  /** FIN or reset, acknowledged. */
  done = false
  stopCode: number | undefined
  written = 0
  acknowledged = 0
  readonly #stream: MemoryStream
  readonly #host: StreamHost
  #state: 'open' | 'finished' | 'reset' = 'open'
  #window: number
  #blocked = false
  #stopTold = false

  constructor(stream: MemoryStream, host: StreamHost) {
    this.#stream = stream
    this.#host = host
    this.#window = host.peerStreamWindow
  }

  write(data: Uint8Array): number {
    if (this.#state === 'finished') throw new EngineError('ERR_STREAM_STATE', 'the stream was finished')
    if (this.#state !== 'open' || this.stopCode !== undefined || this.#host.lost) return 0
    const taken = this.#host.takeWindow(Math.min(data.length, this.#window))
    this.#blocked = taken < data.length
    if (taken === 0) return 0
    this.#window -= taken
    this.written += taken
    const copy = data.slice(0, taken)
    this.#host.deliver(this.#stream.id, (peer) => peer.receiveHalf?.arrived(copy))
    return taken
  }

  finish(): void {
    if (this.#state !== 'open' || this.#host.lost) return
    this.#state = 'finished'
    this.#host.deliver(this.#stream.id, (peer) => peer.receiveHalf?.finished())
  }

  reset(code: number, reliableSize: number): void {
    if (this.#state === 'reset' || this.done || this.#host.lost) return
    this.#state = 'reset'
    const reliable = this.#host.peerTakesResetStreamAt ? Math.min(reliableSize, this.written) : 0
    const finalSize = this.written
    this.#host.deliver(this.#stream.id, (peer) => peer.receiveHalf?.wasReset(code, reliable, finalSize))
  }

  /** STOP_SENDING arrived. */
  stopped(code: number): void {
    if (this.stopCode !== undefined || this.#state === 'reset' || this.done) return
    this.stopCode = code
    this.announce()
  }

  /** Tells the owner of a STOP_SENDING that it has not been told of. */
  announce(): void {
    const { stopped } = this.#stream.events
    if (this.stopCode === undefined || this.#stopTold || stopped === undefined) return
    this.#stopTold = true
    stopped.call(this.#stream.events, this.stopCode)
  }

  /** Bytes arrived at the peer. */
  acknowledge(bytes: number): void {
    this.acknowledged += bytes
  }

  /** The peer consumed bytes, or the connection's window opened. */
  credited(bytes: number): void {
    this.#window += bytes
    this.roomAgain()
  }

  roomAgain(): void {
    if (!this.#blocked || this.#window === 0 || this.#state !== 'open') return
    this.#blocked = false
    this.#stream.events.writable?.()
  }

  /** The peer has the FIN or the reset. */
  closed(): void {
    if (this.done) return
    this.done = true
    if (this.#state === 'finished') this.#stream.events.finished?.()
    this.#stream.halfDone()
  }
}
