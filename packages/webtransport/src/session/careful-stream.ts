import type { Millis, PeerStrategy } from '@sluice/credit'
import type { Stream, StreamEvents, StreamStats } from '@sluice/engine'
import { ErrorCode, toAppCode, toHttpCode } from '@sluice/h3'
import type { Clock } from '../clock.ts'

/** Bytes read away for a STOP_SENDING that waits, before it is sent all the same. */
const DRAIN_BYTES = 16_777_216

/** How long the peer may take to end its half once ours is acknowledged, before STOP_SENDING is sent all the same. */
const DRAIN_TIME: Millis = 2_000

/** Whether streams of a peer have to be cut off in another way than QUIC has it. */
export function needsCare({ settle, cut, maxErrorCode }: PeerStrategy): boolean {
  return settle > 0 || cut === 'both-halves' || maxErrorCode < 0xffff_ffff
}

/**
 * A stream of the engine's towards a peer with faults: what the owner asks for happens, but RESET_STREAM and
 * STOP_SENDING go out when and how the peer bears them (docs/profiles.md). Bounded: whatever waits is sent in the end.
 */
export class CarefulStream implements Stream {
  events: StreamEvents = {}
  readonly #stream: Stream
  readonly #strategy: PeerStrategy
  readonly #clock: Clock
  readonly #openedAt: Millis
  /** The peer has the stream: it opened it, or has answered, or had time enough. */
  #settled: boolean
  /** Asked for and not sent yet. */
  #pendingReset: { readonly code: number; readonly reliableSize: number | undefined } | undefined
  #pendingStop: number | undefined
  /** Nobody here reads any more. */
  #stopped = false
  #sending: 'open' | 'reset' | 'acknowledged'
  #drained = 0
  #cancelTimer: (() => void) | undefined

  constructor(stream: Stream, strategy: PeerStrategy, clock: Clock) {
    this.#stream = stream
    this.#strategy = strategy
    this.#clock = clock
    this.#openedAt = clock.now()
    this.#settled = strategy.settle === 0 || stream.opener === 'them'
    this.#sending = stream.kind === 'uni' && stream.opener === 'them' ? 'acknowledged' : 'open'
    stream.events = {
      readable: () => this.#onReadable(),
      writable: () => this.events.writable?.(),
      stopped: (code) => this.events.stopped?.(code),
      finished: () => this.#onFinished(),
      discarded: (bytes) => this.#tellDiscarded(bytes),
    }
  }

  get id(): number {
    return this.#stream.id
  }

  get kind(): Stream['kind'] {
    return this.#stream.kind
  }

  get opener(): Stream['opener'] {
    return this.#stream.opener
  }

  get receiveState(): Stream['receiveState'] {
    const state = this.#stream.receiveState
    return this.#stopped && state === 'open' ? 'stopped' : state
  }

  get resetCode(): number | undefined {
    return this.#stream.resetCode
  }

  get stopCode(): number | undefined {
    return this.#stream.stopCode
  }

  read(max?: number): Uint8Array | undefined {
    return this.#stopped ? undefined : this.#stream.read(max)
  }

  write(data: Uint8Array): number {
    return this.#stream.write(data)
  }

  finish(): void {
    this.#stream.finish()
  }

  reset(code: number, reliableSize?: number): void {
    // The session is over, or the peer is owed it for its own STOP_SENDING: nothing to be careful about.
    if (code === ErrorCode.WT_SESSION_GONE || this.stopCode !== undefined) {
      this.#sendReset(code, reliableSize)
      return
    }
    this.#pendingReset = { code: this.#bearable(code), reliableSize }
    if (this.#strategy.cut === 'both-halves' && this.kind === 'bidi' && this.receiveState === 'open') {
      this.#pendingStop = this.#pendingReset.code
      this.#stopped = true
      queueMicrotask(() => this.events.readable?.())
    }
    this.#advance()
  }

  stopSending(code: number): void {
    this.#stopped = true
    this.#pendingStop = this.#bearable(code)
    if (code === ErrorCode.WT_SESSION_GONE) this.#sendStop()
    else this.#advance()
  }

  setPriority(priority: number): void {
    this.#stream.setPriority(priority)
  }

  stats(): StreamStats {
    return this.#stream.stats()
  }

  /** Sends what waits, as far as it may go now. */
  #advance(): void {
    if (this.#pendingReset === undefined && this.#pendingStop === undefined) {
      this.#disarm()
      return
    }
    const left = this.#openedAt + this.#strategy.settle - this.#clock.now()
    if (!this.#settled && left > 0) {
      this.#arm(left, () => this.#settle())
      return
    }
    this.#settled = true
    if (this.#pendingReset !== undefined) this.#sendReset(this.#pendingReset.code, this.#pendingReset.reliableSize)
    if (this.#pendingStop === undefined) return
    if (this.#strategy.cut === 'each-half' || this.#sending === 'reset' || this.kind === 'uni') this.#sendStop()
    else this.#drain()
  }

  #settle(): void {
    this.#settled = true
    this.#advance()
  }

  /** In place of a STOP_SENDING that would spoil what we send: the peer may end its half by itself. */
  #drain(): void {
    for (let chunk = this.#stream.read(); chunk !== undefined; chunk = this.#stream.read()) {
      this.#drained += chunk.length
      if (this.#drained > DRAIN_BYTES) {
        this.#giveUp()
        return
      }
    }
    if (this.#stream.receiveState !== 'open') {
      this.#pendingStop = undefined
      this.#disarm()
      this.#tellDiscarded(0)
    } else if (this.#sending === 'acknowledged') {
      this.#arm(DRAIN_TIME, () => this.#giveUp())
    }
  }

  /** The peer does not end: both halves are cut off, unless ours has arrived whole. */
  #giveUp(): void {
    const code = this.#pendingStop
    if (code === undefined) return
    if (this.#sending === 'open') this.#sendReset(code, undefined)
    this.#sendStop()
  }

  #sendReset(code: number, reliableSize: number | undefined): void {
    this.#pendingReset = undefined
    if (this.#sending === 'open') this.#sending = 'reset'
    this.#stream.reset(code, reliableSize)
  }

  #sendStop(): void {
    const code = this.#pendingStop
    this.#pendingStop = undefined
    this.#disarm()
    if (code !== undefined) this.#stream.stopSending(code)
  }

  /** Application codes that the peer would read as something else become its largest. */
  #bearable(httpCode: number): number {
    const code = toAppCode(httpCode)
    return code === undefined || code <= this.#strategy.maxErrorCode
      ? httpCode
      : toHttpCode(this.#strategy.maxErrorCode)
  }

  #onReadable(): void {
    this.#settled = true
    this.#advance()
    if (!this.#stopped) this.events.readable?.()
  }

  #onFinished(): void {
    if (this.#sending === 'open') this.#sending = 'acknowledged'
    this.events.finished?.()
    this.#advance()
  }

  /** What was read away was never read by anybody either. */
  #tellDiscarded(bytes: number): void {
    const all = bytes + this.#drained
    this.#drained = 0
    if (all > 0) this.events.discarded?.(all)
  }

  #arm(delay: Millis, run: () => void): void {
    this.#cancelTimer ??= this.#clock.after(delay, () => {
      this.#cancelTimer = undefined
      run()
    })
  }

  #disarm(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }
}
