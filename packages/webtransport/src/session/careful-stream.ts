import type { Millis, PeerStrategy } from '@sluice/credit'
import type { Stream, StreamEvents, StreamStats } from '@sluice/engine'
import { ErrorCode, toAppCode, toHttpCode } from '@sluice/h3'
import type { Clock } from '../clock.ts'

/** Bytes read away for a STOP_SENDING that waits, before it is sent all the same. */
const DRAIN_BYTES = 16_777_216

/** How often it is looked whether the header of an empty stream is acknowledged. */
const HEADER_RETRY: Millis = 50

/** How long the peer may take to end its half once ours is acknowledged, before STOP_SENDING is sent all the same. */
const DRAIN_TIME: Millis = 2_000

/** Whether streams of a peer have to be cut off in another way than QUIC has it. */
export function needsCare({ settle, cut, emptyStream, maxErrorCode }: PeerStrategy): boolean {
  return settle > 0 || cut === 'both-halves' || emptyStream === 'late-fin' || maxErrorCode < 0xffff_ffff
}

/**
 * A stream of the engine's towards a peer with faults: what the owner asks for happens, but RESET_STREAM and
 * STOP_SENDING go out when and how the peer bears them (docs/profiles.md). Bounded: whatever waits is sent in the end, unless the session ends first.
 */
export class CarefulStream implements Stream {
  events: StreamEvents = {}
  readonly #stream: Stream
  readonly #strategy: PeerStrategy
  readonly #clock: Clock
  readonly #openedAt: Millis
  readonly #headerLength: number
  /** The peer has the stream: it opened it, or has answered, or had time enough. */
  #settled: boolean
  #heard = false
  /** Asked for and not sent yet. */
  #pendingReset: { readonly code: number; readonly reliableSize: number | undefined } | undefined
  #pendingStop: number | undefined
  #pendingFinish = false
  /** Nobody here reads any more. */
  #stopped = false
  #sending: 'open' | 'reset' | 'acknowledged'
  #written = 0
  #drained = 0
  /** When a STOP_SENDING that waits is sent all the same. */
  #drainUntil: Millis | undefined
  #cancelTimer: (() => void) | undefined

  /** @param headerLength bytes of our header, the first to be written; 0 where the peer opened the stream */
  constructor(stream: Stream, strategy: PeerStrategy, clock: Clock, headerLength: number) {
    this.#headerLength = headerLength
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
    const taken = this.#stream.write(data)
    this.#written += taken
    return taken
  }

  finish(): void {
    const empty = this.#written <= this.#headerLength && this.opener === 'us'
    if (empty && this.#strategy.emptyStream === 'late-fin') {
      this.#pendingFinish = true
      this.#advance()
    } else {
      this.#stream.finish()
    }
  }

  reset(code: number, reliableSize?: number): void {
    if (this.#leaves(code)) return
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
    if (this.#leaves(code)) return
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

  /** Whether the session is over and the peer must not be told of its streams: nor of what waits to be said. */
  #leaves(code: number): boolean {
    if (code !== ErrorCode.WT_SESSION_GONE || this.#strategy.goneStreams === 'reset') return false
    this.#pendingReset = undefined
    this.#pendingStop = undefined
    this.#pendingFinish = false
    this.#disarm()
    return true
  }

  /** Sends what waits, as far as it may go now, and looks again when more of it may. */
  #advance(): void {
    this.#disarm()
    const now = this.#clock.now()
    if (this.#pendingFinish) this.#finishWhenHeard()
    if (this.#pendingReset === undefined && this.#pendingStop === undefined) return
    const settledAt = this.#openedAt + this.#strategy.settle
    if (!this.#settled && now < settledAt) {
      this.#lookAgain(settledAt - now)
      return
    }
    this.#settled = true
    if (this.#pendingReset !== undefined) this.#sendReset(this.#pendingReset.code, this.#pendingReset.reliableSize)
    if (this.#pendingStop === undefined) return
    if (this.#strategy.cut === 'each-half' || this.#sending === 'reset' || this.kind === 'uni') this.#sendStop()
    else this.#drain(now)
  }

  /** The header and FIN must not arrive together: acknowledged is what the peer's HTTP/3 layer has read. */
  #finishWhenHeard(): void {
    if (this.#heard || this.#stream.stats().bytesAcknowledged >= this.#headerLength) {
      this.#pendingFinish = false
      this.#stream.finish()
    } else {
      this.#lookAgain(HEADER_RETRY)
    }
  }

  /** In place of a STOP_SENDING that would spoil what we send: the peer may end its half by itself. */
  #drain(now: Millis): void {
    for (let chunk = this.#stream.read(); chunk !== undefined; chunk = this.#stream.read())
      this.#drained += chunk.length
    if (this.#sending === 'acknowledged') this.#drainUntil ??= now + DRAIN_TIME
    if (this.#stream.receiveState !== 'open') {
      this.#pendingStop = undefined
      this.#tellDiscarded(0)
    } else if (this.#drained > DRAIN_BYTES || (this.#drainUntil !== undefined && now >= this.#drainUntil)) {
      this.#giveUp()
    } else if (this.#drainUntil !== undefined) {
      this.#lookAgain(this.#drainUntil - now)
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
    this.#pendingFinish = false
    if (this.#sending === 'open') this.#sending = 'reset'
    this.#stream.reset(code, reliableSize)
  }

  #sendStop(): void {
    const code = this.#pendingStop
    this.#pendingStop = undefined
    if (!this.#pendingFinish) this.#disarm()
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
    this.#heard = true
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

  #lookAgain(delay: Millis): void {
    this.#disarm()
    this.#cancelTimer = this.#clock.after(delay, () => this.#advance())
  }

  #disarm(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }
}
