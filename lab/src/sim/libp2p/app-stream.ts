import type { Stream } from '@libp2p/interface'
import type { Clock } from '@sluice/webtransport'
import { ApplicationFault } from '../errors.ts'
import { Pattern } from '../pattern.ts'
import type { MuxerScript } from './script.ts'

/** An application of js-libp2p with one stream: does what a script says, and remembers what came of it. */
export class MuxerAppStream {
  readonly script: MuxerScript
  /** QUIC's number. */
  readonly id: number
  /** Settles when the application has done all it will. */
  readonly done: Promise<void>
  readonly faults: string[] = []
  bytesSent = 0
  bytesReceived = 0
  /** All it had to say was taken, and the stream was closed by it. */
  closed = false
  /** The peer's end was reached. */
  ended = false
  readonly #stream: Stream
  readonly #outgoing: Pattern
  readonly #incoming: Pattern
  readonly #clock: Clock
  #willThrow: boolean
  #willPause: boolean

  constructor(stream: Stream, side: 'client' | 'server', script: MuxerScript, clock: Clock) {
    this.script = script
    this.id = Number(stream.id.slice(1))
    this.#stream = stream
    this.#outgoing = new Pattern(this.id, side)
    this.#incoming = new Pattern(this.id, side === 'client' ? 'server' : 'client')
    this.#clock = clock
    this.#willThrow = script.throws
    this.#willPause = script.pause > 0
    this.done = script.act === 'abandon' ? Promise.resolve() : this.#act()
  }

  async #act(): Promise<void> {
    const { act, delay } = this.script
    const over = new Promise<void>((resolve) => this.#stream.addEventListener('close', () => resolve()))
    if (act === 'exchange' || act === 'listen-only') this.#listen()
    if (act === 'listen-only') return
    if (delay > 0) await new Promise<void>((resolve) => this.#clock.after(delay, resolve))
    try {
      if (act === 'close-read') await this.#stream.closeRead()
      await this.#send()
      if (act === 'abort') this.#stream.abort(new ApplicationFault('given up'))
      else await this.#close()
    } catch (error) {
      // The peer may end it at any time; then there is nothing left to do.
      if (this.#stream.status === 'open') this.faults.push(`${act} failed: ${error}`)
    }
    if (this.#stream.status === 'open') await over
  }

  async #send(): Promise<void> {
    const { bytes } = this.script
    while (this.bytesSent < bytes && this.#stream.writeStatus === 'writable') {
      const chunk = this.#outgoing.at(this.bytesSent, bytes - this.bytesSent)
      this.bytesSent += chunk.byteLength
      if (!this.#stream.send(chunk)) await this.#room()
    }
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      for (const event of ['drain', 'close'] as const)
        this.#stream.addEventListener(event, () => resolve(), { once: true })
    })
  }

  async #close(): Promise<void> {
    await this.#stream.close()
    this.closed = true
    if (!this.script.closesTwice) return
    await this.#stream.close()
    await this.#stream.closeRead()
    this.#stream.abort(new ApplicationFault('given up after it was closed'))
  }

  #listen(): void {
    this.#stream.addEventListener('remoteCloseWrite', () => {
      this.ended = true
    })
    this.#stream.addEventListener('message', ({ data }) => {
      const chunk = data.subarray()
      if (!this.#incoming.matches(this.bytesReceived, chunk)) this.faults.push(`wrong bytes at ${this.bytesReceived}`)
      this.bytesReceived += chunk.byteLength
      if (this.#willPause) {
        this.#willPause = false
        this.#pause()
      }
      if (this.#willThrow) {
        this.#willThrow = false
        throw new ApplicationFault('thrown by a listener')
      }
    })
  }

  #pause(): void {
    if (this.#stream.readStatus !== 'readable') return
    this.#stream.pause()
    this.#clock.after(this.script.pause, () => {
      if (this.#stream.readStatus === 'paused') this.#stream.resume()
    })
  }
}
