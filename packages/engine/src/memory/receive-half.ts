import type { ReceiveState } from '../engine.ts'
import type { MemoryStream, StreamHost } from './stream.ts'

type ReceiveEnd = { readonly finalSize: number } & (
  | { readonly kind: 'ended' }
  | { readonly kind: 'reset'; readonly code: number }
)

/** Receiving part of a stream (RFC 9000, 3.2), with the state that the reader sees. */
export class ReceiveHalf {
  /** All data, or the reset, was delivered; or the peer ended a half that we stopped. */
  done = false
  resetCode: number | undefined
  bytesRead = 0
  readonly #stream: MemoryStream
  readonly #host: StreamHost
  #state: ReceiveState = 'open'
  #chunks: Uint8Array[] = []
  #waiting = 0
  #arrived = 0
  #end: ReceiveEnd | undefined
  /** `readable` is fired once, and again only after `read` has returned undefined. */
  #armed = true

  constructor(stream: MemoryStream, host: StreamHost) {
    this.#stream = stream
    this.#host = host
  }

  get state(): ReceiveState {
    return this.#host.lost && this.#state === 'open' ? 'lost' : this.#state
  }

  read(max: number): Uint8Array | undefined {
    if (this.state !== 'open') return undefined
    const chunk = this.#chunks[0]
    if (chunk !== undefined) return this.#take(chunk, max)
    this.#armed = true
    if (this.#end !== undefined) {
      this.#state = this.#end.kind
      if (this.#end.kind === 'reset') this.resetCode = this.#end.code
      this.#retire(this.#end)
    }
    return undefined
  }

  stop(code: number): void {
    if (this.#state !== 'open' || this.#host.lost) return
    this.#state = 'stopped'
    this.#discard(0)
    if (this.#end !== undefined) this.#retire(this.#end)
    else this.#host.deliver(this.#stream.id, (peer) => peer.sendHalf?.stopped(code))
  }

  arrived(data: Uint8Array): void {
    this.#arrived += data.length
    this.#host.deliver(this.#stream.id, (peer) => peer.sendHalf?.acknowledge(data.length))
    if (this.#state !== 'open') {
      this.#consumed(data.length)
    } else {
      this.#chunks.push(data)
      this.#waiting += data.length
      this.announce()
    }
  }

  finished(): void {
    this.#ended({ kind: 'ended', finalSize: this.#arrived })
  }

  wasReset(code: number, reliableSize: number, finalSize: number): void {
    if (this.#end !== undefined) return
    const arrivedBeforeReliable = finalSize - this.#waiting
    this.#discard(Math.max(0, reliableSize - arrivedBeforeReliable))
    this.#ended({ kind: 'reset', code, finalSize })
  }

  /** Fires `readable` where there is something that the reader has not been told of. */
  announce(again = false): void {
    if (again) this.#armed = true
    if (!this.#armed || (this.#waiting === 0 && this.#end === undefined)) return
    this.#armed = false
    this.#stream.events.readable?.()
  }

  #ended(end: ReceiveEnd): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.#host.deliver(this.#stream.id, (peer) => peer.sendHalf?.closed())
    if (this.#state === 'stopped') this.#retire(end)
    else this.announce()
  }

  #take(chunk: Uint8Array, max: number): Uint8Array {
    const taken = chunk.length > max ? chunk.slice(0, max) : chunk
    if (taken === chunk) this.#chunks.shift()
    else this.#chunks[0] = chunk.subarray(max)
    this.#waiting -= taken.length
    this.bytesRead += taken.length
    this.#consumed(taken.length)
    return taken
  }

  /** Throws away what waits, but for the first `keep` bytes. */
  #discard(keep: number): void {
    const all = Buffer.concat(this.#chunks)
    this.#chunks = keep === 0 ? [] : [new Uint8Array(all.subarray(0, keep))]
    this.#waiting = Math.min(keep, all.length)
    this.#consumed(all.length - this.#waiting)
  }

  #consumed(bytes: number): void {
    if (bytes === 0) return
    this.#host.returnWindow(bytes)
    this.#host.deliver(this.#stream.id, (peer) => peer.sendHalf?.credited(bytes))
  }

  #retire({ finalSize }: ReceiveEnd): void {
    this.done = true
    const unread = finalSize - this.bytesRead
    if (unread > 0) this.#host.post(() => this.#stream.events.discarded?.(unread))
    this.#stream.halfDone()
  }
}
