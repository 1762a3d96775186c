import type { Opener, StreamKind } from '@sluice/credit'
import type { ReceiveState, Stream, StreamEvents, StreamStats } from './engine.ts'
import { EngineError } from './errors.ts'
import { ENDED, type HotCalls, LOST, RESET, ReadMark } from './native.ts'
import { putIntoSlab, SLAB_SIZE, slab, takeFromSlab } from './slab.ts'

/** What a stream needs of its connection. */
export interface StreamOwner {
  readonly id: number
  readonly slot: number
  readonly hot: HotCalls
  /** Lets the I/O thread work soon. */
  flush(): void
  /** See `Room`. */
  nextTurn(): number
}

type SendState = 'open' | 'finished' | 'reset' | 'lost'

/** A stream of the addon. */
export class EngineStream implements Stream {
  readonly id: number
  readonly kind: StreamKind
  readonly opener: Opener
  events: StreamEvents = {}
  readonly #owner: StreamOwner
  #receiveState: ReceiveState = 'open'
  #sendState: SendState = 'open'
  #resetCode: number | undefined
  #stopCode: number | undefined
  /** The addon said that nothing more is there; its next event says otherwise. */
  #drained = false
  /** `read` returned undefined, so the next arrival is announced. */
  #waitsToRead = true
  /** `write` was short, so the next room is announced. */
  #waitsToWrite = false
  #bytesWritten = 0
  #bytesRead = 0
  #bytesAcknowledged = 0
  #priority = 0
  #lastTurn: number

  constructor(owner: StreamOwner, id: number, kind: StreamKind, opener: Opener) {
    this.#owner = owner
    this.id = id
    this.kind = kind
    this.opener = opener
    this.#lastTurn = owner.nextTurn()
  }

  get receiveState(): ReceiveState {
    return this.#receiveState
  }

  get resetCode(): number | undefined {
    return this.#resetCode
  }

  get priority(): number {
    return this.#priority
  }

  get lastTurn(): number {
    return this.#lastTurn
  }

  get stopCode(): number | undefined {
    return this.#stopCode
  }

  read(max: number = SLAB_SIZE): Uint8Array | undefined {
    this.#mustReceive()
    if (!(max >= 1)) throw new EngineError('ERR_INVALID_OPTION', `max must be at least 1, got ${max}`)
    if (this.#receiveState !== 'open') return undefined
    if (this.#drained) {
      this.#waitsToRead = true
      return undefined
    }
    const { slot, id, hot } = this.#owner
    const result = hot.read(slot, id, this.id, slab, Math.min(max, SLAB_SIZE))
    if (result < 0) {
      this.#endReceiving(result)
      return undefined
    }
    const length = Math.floor(result / 4)
    const mark = result % 4
    if (mark === ReadMark.drained) this.#drained = true
    if (mark === ReadMark.end) this.#receiveState = 'ended'
    if (length === 0) {
      this.#waitsToRead = true
      if (mark === ReadMark.end) this.#owner.flush()
      return undefined
    }
    this.#bytesRead += length
    // What was read gives credit back.
    this.#owner.flush()
    return takeFromSlab(length)
  }

  #endReceiving(result: number): void {
    if (result <= RESET) {
      this.#receiveState = 'reset'
      this.#resetCode = RESET - result
      this.#owner.flush()
    } else {
      this.#receiveState = result === LOST ? 'lost' : 'stopped'
    }
  }

  write(data: Uint8Array): number {
    this.#mustSend()
    if (this.#sendState === 'finished') throw new EngineError('ERR_STREAM_STATE', 'nothing can be written after finish')
    if (this.#sendState !== 'open' || this.#stopCode !== undefined) return 0
    const { slot, id, hot } = this.#owner
    const taken = hot.write(slot, id, this.id, putIntoSlab(data), data.length)
    // Stopped or lost: an event that says so is on its way.
    if (taken === ENDED || taken === LOST) return 0
    this.#bytesWritten += taken
    if (taken > 0) this.#lastTurn = this.#owner.nextTurn()
    if (taken < data.length) this.#waitsToWrite = true
    this.#owner.flush()
    return taken
  }

  finish(): void {
    this.#mustSend()
    if (this.#sendState !== 'open') return
    const { slot, id, hot } = this.#owner
    hot.finish(slot, id, this.id)
    this.#sendState = 'finished'
    this.#owner.flush()
  }

  reset(code: number, reliableSize?: number): void {
    this.#mustSend()
    if (this.#sendState === 'lost') return
    const { slot, id, hot } = this.#owner
    checkCode(code)
    hot.reset(slot, id, this.id, code, reliableSize ?? -1)
    this.#sendState = 'reset'
    this.#owner.flush()
  }

  stopSending(code: number): void {
    this.#mustReceive()
    if (this.#receiveState !== 'open') return
    const { slot, id, hot } = this.#owner
    checkCode(code)
    hot.stopSending(slot, id, this.id, code)
    this.#receiveState = 'stopped'
    this.#owner.flush()
  }

  setPriority(priority: number): void {
    this.#mustSend()
    const { slot, id, hot } = this.#owner
    hot.setPriority(slot, id, this.id, priority)
    this.#priority = priority
  }

  stats(): StreamStats {
    if (this.#canSend && this.#bytesAcknowledged < this.#bytesWritten && this.#sendState !== 'lost') {
      const { slot, id, hot } = this.#owner
      this.#bytesAcknowledged = Math.max(this.#bytesAcknowledged, hot.acknowledged(slot, id, this.id))
    }
    return {
      bytesWritten: this.#bytesWritten,
      bytesAcknowledged: this.#bytesAcknowledged,
      bytesRead: this.#bytesRead,
    }
  }

  /** The addon has something to read. */
  onReadable(): void {
    this.#drained = false
    if (!this.#waitsToRead) return
    this.#waitsToRead = false
    this.events.readable?.()
  }

  /** The addon has room. */
  onWritable(): void {
    // The connection may have ended since the addon said so.
    if (!this.#waitsToWrite || this.#sendState === 'lost') return
    this.#waitsToWrite = false
    this.events.writable?.()
  }

  /** STOP_SENDING arrived. */
  onStopped(code: number): void {
    if (this.#stopCode !== undefined) return
    this.#stopCode = code
    this.events.stopped?.(code)
  }

  /** All is acknowledged. */
  onFinished(): void {
    this.#bytesAcknowledged = this.#bytesWritten
    this.events.finished?.()
  }

  /** The receive half ended with bytes unread. */
  onDiscarded(bytes: number): void {
    this.events.discarded?.(bytes)
  }

  /** The connection is gone. */
  onLost(): void {
    if (this.#receiveState === 'open') this.#receiveState = 'lost'
    this.#sendState = 'lost'
  }

  get #canSend(): boolean {
    return this.kind === 'bidi' || this.opener === 'us'
  }

  #mustSend(): void {
    if (!this.#canSend)
      throw new EngineError('ERR_STREAM_STATE', `unidirectional stream ${this.id} is the peer's: it only receives`)
  }

  #mustReceive(): void {
    if (this.kind === 'uni' && this.opener === 'us')
      throw new EngineError('ERR_STREAM_STATE', `unidirectional stream ${this.id} is ours: it only sends`)
  }
}

/** Application error codes are integers of 62 bits (RFC 9000, 20.2), of which a number holds 53. */
function checkCode(code: number): void {
  if (!Number.isSafeInteger(code) || code < 0) {
    throw new EngineError('ERR_INVALID_OPTION', `a code is an integer from 0 to 2^53 - 1, got ${code}`)
  }
}
