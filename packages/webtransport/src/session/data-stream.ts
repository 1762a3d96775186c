import type { Opener, StreamKind, StreamOwner, StreamRecord } from '@sluice/credit'
import type { Stream, StreamStats } from '@sluice/engine'
import { ErrorCode, toAppCode, toHttpCode } from '@sluice/h3'
import type { Clock } from '../clock.ts'
import type { SessionStream, SessionStreamEvents, StreamCode } from '../session.ts'
import type { CreditWaiter, DataCredit } from './flow-control/data-credit.ts'
import { HeaderAhead } from './header-ahead.ts'
import { type StreamListener, StreamRelay } from './stream-relay.ts'
import { tell } from './tell.ts'

/** The code on a stream that was left alone for too long: no error of anybody. */
const REAPED = 0

/** Who is told when a write finds no room, and when it has some again. */
export interface WriteWaits {
  writeWaits(record: StreamRecord, waits: boolean): void
  /** A half on which a write waited was reset. */
  waitingWriteOver(): void
}

/** A stream of a session over one QUIC stream: what the application sees is what follows the header. */
export class DataStream implements SessionStream, CreditWaiter, StreamListener {
  readonly id: number
  readonly kind: StreamKind
  readonly opener: Opener
  events: SessionStreamEvents = {}
  readonly #stream: Stream
  readonly #record: StreamRecord
  readonly #waits: WriteWaits
  readonly #clock: Clock
  readonly #credit: DataCredit | undefined
  /** Of a stream that we opened. */
  readonly #header: HeaderAhead | undefined
  #finishWaits = false
  #reset = false
  /** What arrived together with the peer's header. */
  #held: Uint8Array | undefined
  #touched = false
  #stopTold = false
  #lost = false

  /**
   * @param first our header to be sent ahead (stream opened by us), or what followed the peer's header
   * @param record what the session's ledger writes down of this stream
   * @param credit of the session, where it has flow control
   */
  constructor(
    stream: Stream,
    first: { readonly header: Uint8Array } | { readonly held: Uint8Array },
    record: StreamRecord,
    waits: WriteWaits,
    clock: Clock,
    credit?: DataCredit,
  ) {
    this.#credit = credit
    this.#record = record
    this.#waits = waits
    this.#clock = clock
    this.#stream = stream
    this.id = stream.id
    this.kind = stream.kind
    this.opener = stream.opener
    if ('header' in first) this.#header = new HeaderAhead(stream, first.header)
    else if (first.held.length > 0) {
      this.#held = first.held
      record.leaveUnread(true)
    }
    stream.events = new StreamRelay(this)
    // STOP_SENDING may have come with the first bytes, before there was anybody to be told.
    if (this.#sends && stream.stopCode !== undefined) this.resetRaw(stream.stopCode)
  }

  get #sends(): boolean {
    return this.kind === 'bidi' || this.opener === 'us'
  }

  /** Whether the peer can tell that this is a stream of the session: QUIC has taken the whole header. */
  get announced(): boolean {
    return this.#header?.gone ?? true
  }

  /** What the session's ledger writes down of it. */
  get record(): StreamRecord {
    return this.#record
  }

  get owner(): string | undefined {
    return this.#record.owner ?? undefined
  }

  set owner(owner: string | StreamOwner | undefined) {
    this.#record.own(owner)
  }

  get receiveState(): SessionStream['receiveState'] {
    if (this.#lost) return 'lost'
    return this.#held === undefined ? this.#stream.receiveState : 'open'
  }

  get resetCode(): StreamCode | undefined {
    return streamCode(this.#stream.resetCode)
  }

  get stopCode(): StreamCode | undefined {
    return streamCode(this.#stream.stopCode)
  }

  read(max?: number): Uint8Array | undefined {
    this.#touched = true
    const held = this.#held
    if (held !== undefined) {
      this.#held = max !== undefined && held.length > max ? held.subarray(max) : undefined
      const chunk = this.#held === undefined ? held : held.subarray(0, max)
      this.#credit?.consumed(chunk.length)
      return this.#count(chunk)
    }
    if (this.#lost) return undefined
    const chunk = this.#count(this.#stream.read(max))
    if (chunk === undefined) this.#record.leaveUnread(false)
    else this.#passed(chunk.length)
    const state = this.#stream.receiveState
    if (state !== 'open' && state !== 'lost') this.#record.endReceive(state, this.#clock.now())
    return chunk
  }

  write(data: Uint8Array): number {
    if (this.#lost || this.#reset) return 0
    const credit = this.#credit
    if (credit === undefined) return this.#write(data)
    const available = credit.availableTo(this)
    const allowed = data.length > available ? data.subarray(0, available) : data
    const taken = allowed.length === 0 ? 0 : this.#write(allowed)
    credit.sent(this, taken)
    // Otherwise QUIC itself calls back.
    if (taken === allowed.length && taken < data.length) {
      this.#waits.writeWaits(this.#record, true)
      credit.wait(this)
    }
    return taken
  }

  #write(data: Uint8Array): number {
    const taken = this.#header === undefined ? this.#stream.write(data) : this.#header.write(data)
    this.#record.wrote(taken, this.#clock.now())
    if (taken < data.length) this.#waits.writeWaits(this.#record, true)
    return taken
  }

  finish(): void {
    if (this.#lost || this.#reset) return
    this.#credit?.leave(this)
    this.#record.finish(this.#clock.now())
    // Without room for the header the FIN waits for `writable`.
    if (this.flushHeader()) this.#stream.finish()
    else this.#finishWaits = true
  }

  /** @param committed bytes of data that are delivered all the same, where the peer offers RESET_STREAM_AT */
  reset(code: number, committed = 0): void {
    this.resetRaw(toHttpCode(code), committed)
  }

  stopSending(code: number): void {
    this.stopRaw(toHttpCode(code))
  }

  /** RESET_STREAM_AT that still delivers our header, so that the peer can tell whose stream it was (draft-ietf-webtrans-http3, 4.4). */
  resetRaw(httpCode: number, committed = 0): void {
    if (this.#lost || this.#reset) return
    this.flushHeader()
    this.#credit?.leave(this)
    this.#reset = true
    const waited = this.#record.writeWaits
    this.#record.reset(this.#clock.now())
    if (waited) this.#waits.waitingWriteOver()
    this.#finishWaits = false
    this.#stream.reset(httpCode, this.#headerLength + committed)
  }

  stopRaw(httpCode: number): void {
    if (this.#lost) return
    this.flushHeader()
    this.#credit?.consumed(this.#held?.length ?? 0)
    this.#held = undefined
    this.#record.endReceive('stopped', this.#clock.now())
    this.#stream.stopSending(httpCode)
  }

  /** Sends what is left of our header; false when there is no room for all of it. */
  flushHeader(): boolean {
    return this.#header?.flush() ?? true
  }

  /** Higher goes first. */
  setPriority(priority: number): void {
    if (!this.#lost) this.#stream.setPriority(priority)
  }

  get #headerLength(): number {
    return this.#header?.sent ?? 0
  }

  /** Bytes without the header. */
  stats(): StreamStats {
    const stats = this.#stream.stats()
    return {
      bytesWritten: Math.max(0, stats.bytesWritten - this.#headerLength),
      bytesAcknowledged: Math.max(0, stats.bytesAcknowledged - this.#headerLength),
      bytesRead: this.#record.bytesRead,
    }
  }

  /** The session is over: gives both halves back and tells the application. */
  lose(connectionLives: boolean): void {
    if (this.#lost) return
    if (connectionLives) {
      if (this.#sends) this.resetRaw(ErrorCode.WT_SESSION_GONE)
      if (this.kind === 'bidi' || this.opener === 'them') this.stopRaw(ErrorCode.WT_SESSION_GONE)
    }
    this.#held = undefined
    this.#lost = true
    tell(() => this.events.lost?.())
  }

  /** Whoever has the stream does nothing with it: ends both halves and says so, as if the peer had. */
  reap(): void {
    const code = { app: REAPED, raw: toHttpCode(REAPED) }
    if (this.#sends) this.resetRaw(code.raw)
    if (this.kind === 'bidi' || this.opener === 'them') this.stopRaw(code.raw)
    if (this.#sends) tell(() => this.events.stopped?.(code))
    tell(() => this.events.readable?.())
  }

  /** Whoever takes the stream at the other end says something on it at once. */
  expectAnswer(): void {
    this.#record.expectAnswer()
  }

  /** The application is about to get the stream. */
  accept(): void {
    this.#record.accept(this.#clock.now())
  }

  /** The application has the stream now: tells it what came before. */
  announce(): void {
    if (!this.#touched) tell(() => this.events.readable?.())
    const code = this.#sends ? this.stopCode : undefined
    if (code !== undefined && !this.#stopTold) tell(() => this.#tellStopped(code))
  }

  onReadable(): void {
    this.#record.leaveUnread(true)
    this.events.readable?.()
  }

  onWritable(): void {
    this.#waits.writeWaits(this.#record, false)
    if (!this.flushHeader()) return
    if (this.#finishWaits) {
      this.#finishWaits = false
      this.#stream.finish()
    } else {
      this.events.writable?.()
    }
  }

  /** There is data credit of the session again. */
  onCredit(): void {
    this.#waits.writeWaits(this.#record, false)
    if (!this.#lost && !this.#reset) tell(() => this.events.writable?.())
  }

  onDiscarded(bytes: number): void {
    this.#passed(bytes)
  }

  onFinished(): void {
    this.#record.acknowledge()
    this.events.finished?.()
  }

  /** The peer is owed a reset with its code (RFC 9000, 3.5). */
  onStopped(httpCode: number): void {
    this.resetRaw(httpCode)
    if (!this.#stopTold) this.#tellStopped({ app: toAppCode(httpCode), raw: httpCode })
  }

  #tellStopped(code: StreamCode): void {
    this.#stopTold = this.events.stopped !== undefined
    this.events.stopped?.(code)
  }

  /** Bytes came out of QUIC and are done with. */
  #passed(bytes: number): void {
    this.#credit?.received(bytes)
    this.#credit?.consumed(bytes)
  }

  #count(chunk: Uint8Array | undefined): Uint8Array | undefined {
    if (chunk !== undefined) this.#record.read(chunk.length, this.#clock.now())
    return chunk
  }
}

function streamCode(raw: number | undefined): StreamCode | undefined {
  return raw === undefined ? undefined : { app: toAppCode(raw), raw }
}
