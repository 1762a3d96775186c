import { type Opener, ownerName, type StreamKind, type StreamOwner } from '@sluice/credit'
import type { SessionStream, SessionStreamEvents, StreamCode } from '@sluice/webtransport'

/** What tests read of a stream to see what its owner did to it. */
export interface StreamRecord {
  readonly resets: number[]
  readonly stops: number[]
  finished: boolean
}

/** One direction of a stream: what was written and not yet read, and how each side ended it. */
class Pipe {
  readonly chunks: Uint8Array[] = []
  size = 0
  finished = false
  reset: StreamCode | undefined
  stop: StreamCode | undefined
  /** The reader saw the end, or wanted none. */
  over = false

  get writerDone(): boolean {
    return this.finished || this.reset !== undefined
  }
}

/** The two ends of a stream in memory; `retired` is called once, when both halves are terminal. For tests. */
export function memoryStreamPair(
  window: number,
  retired: (opener: Opener) => void,
): [near: MemoryStream, far: MemoryStream] {
  const out = new Pipe()
  const back = new Pipe()
  let done = false
  const check = (): void => {
    if (done || !out.over || !back.over) return
    done = true
    retired('us')
  }
  const near = new MemoryStream('us', out, back, window, check)
  const far = new MemoryStream('them', back, out, window, check)
  near.peer = far
  far.peer = near
  return [near, far]
}

export class MemoryStream implements SessionStream {
  readonly id = undefined
  readonly kind: StreamKind = 'bidi'
  readonly opener: Opener
  readonly record: StreamRecord = { resets: [], stops: [], finished: false }
  peer: MemoryStream | undefined
  events: SessionStreamEvents = {}
  receiveState: SessionStream['receiveState'] = 'open'
  readonly #outgoing: Pipe
  readonly #incoming: Pipe
  readonly #window: number
  readonly #check: () => void
  #blocked = false
  #owner: string | StreamOwner | undefined

  constructor(opener: Opener, outgoing: Pipe, incoming: Pipe, window: number, check: () => void) {
    this.opener = opener
    this.#outgoing = outgoing
    this.#incoming = incoming
    this.#window = window
    this.#check = check
  }

  get owner(): string | undefined {
    return ownerName(this.#owner)
  }

  set owner(owner: string | StreamOwner | undefined) {
    this.#owner = owner
  }

  get resetCode(): StreamCode | undefined {
    return this.receiveState === 'reset' ? this.#incoming.reset : undefined
  }

  get stopCode(): StreamCode | undefined {
    return this.#outgoing.stop
  }

  /** Bytes that were written to us and that we have not read. */
  get unread(): number {
    return this.#incoming.size
  }

  read(max = Number.POSITIVE_INFINITY): Uint8Array | undefined {
    if (this.receiveState !== 'open') return undefined
    if (this.#incoming.reset !== undefined) {
      this.#endReceiving('reset')
      return undefined
    }
    const chunk = this.#incoming.chunks.shift()
    if (chunk === undefined) {
      if (this.#incoming.finished) this.#endReceiving('ended')
      return undefined
    }
    if (chunk.byteLength > max) this.#incoming.chunks.unshift(chunk.subarray(max))
    const taken = chunk.subarray(0, max)
    this.#incoming.size -= taken.byteLength
    this.peer?.unblock()
    return taken
  }

  /** The reader made room. */
  unblock(): void {
    if (!this.#blocked) return
    this.#blocked = false
    setImmediate(() => this.events.writable?.())
  }

  write(data: Uint8Array): number {
    if (this.#outgoing.writerDone || this.#outgoing.stop !== undefined) return 0
    const taken = Math.max(0, Math.min(data.byteLength, this.#window - this.#outgoing.size))
    if (taken > 0) {
      this.#outgoing.chunks.push(data.slice(0, taken))
      this.#outgoing.size += taken
      this.#wakePeer()
    }
    if (taken < data.byteLength) this.#blocked = true
    return taken
  }

  finish(): void {
    if (this.#outgoing.writerDone) return
    this.record.finished = true
    this.#outgoing.finished = true
    this.#settleOutgoing()
    this.#wakePeer()
  }

  reset(code: number): void {
    this.record.resets.push(code)
    if (this.#outgoing.reset !== undefined || this.#outgoing.over) return
    this.#outgoing.reset = { app: code, raw: undefined }
    this.#settleOutgoing()
    this.#wakePeer()
  }

  stopSending(code: number): void {
    this.record.stops.push(code)
    if (this.receiveState !== 'open') return
    this.receiveState = 'stopped'
    this.#incoming.chunks.length = 0
    const stop = { app: code, raw: undefined }
    const peer = this.peer
    setImmediate(() => {
      this.#incoming.stop = stop
      if (!this.#incoming.writerDone) {
        this.#incoming.reset = stop
        peer?.events.stopped?.(stop)
      }
      this.#incoming.over = true
      this.#check()
    })
  }

  /** The platform threw away how the peer ended it, as Firefox does. */
  spoil(): void {
    this.receiveState = 'spoiled'
    this.#incoming.over = true
    this.events.stopped?.({ app: 0, raw: undefined })
    this.events.readable?.()
  }

  #endReceiving(state: 'ended' | 'reset'): void {
    this.receiveState = state
    this.#incoming.over = true
    const peer = this.peer
    if (state === 'ended') setImmediate(() => peer?.events.finished?.())
    this.#check()
  }

  /** A reader that stopped waits only for the writer's answer. */
  #settleOutgoing(): void {
    if (this.#outgoing.stop === undefined) return
    this.#outgoing.over = true
    this.#check()
  }

  #wakePeer(): void {
    const peer = this.peer
    setImmediate(() => peer?.events.readable?.())
  }
}
