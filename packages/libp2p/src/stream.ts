import type { CounterGroup } from '@libp2p/interface'
import { AbstractStream, type AbstractStreamInit, type SendResult } from '@libp2p/utils'
import type { Millis, StreamOwner } from '@sluice/credit'
import type { SessionStream } from '@sluice/webtransport'
import type { Uint8ArrayList } from 'uint8arraylist'
import { EndUnknownError, InactivityTimeoutError } from './errors.ts'
import type { KnownExchanges } from './exchanges.ts'
import { HalfOpenWatch } from './half-open.ts'
import type { StreamLimits } from './limits.ts'

/** The only code that libp2p over WebTransport uses; go-libp2p sends it for everything. */
const NO_ERROR = 0

/** Bytes pulled at once when nobody wants them. */
const DISCARD_CHUNK = 65_536

export interface StreamInit extends AbstractStreamInit {
  readonly wire: SessionStream
  readonly limits: StreamLimits
  /** Counts `sent` and `received` bytes. */
  readonly bytes?: CounterGroup | undefined
  /** Told of bytes as they are taken to be sent. */
  readonly onSent?: ((bytes: number) => void) | undefined
  /** The protocol that the stream is opened for; what is negotiated on it takes its place. */
  readonly wanted?: string | undefined
  /** What is known of protocols; given where STOP_SENDING spoils what is still to be read. */
  readonly exchanges?: KnownExchanges | undefined
}

/**
 * A libp2p stream over one WebTransport stream, and the one owner of its two halves: whatever the application does,
 * both become terminal, because until then QUIC does not give the credit back (RFC 9000, 3.4 and 4.6).
 *
 * - `close()` finishes our half and reads the rest away, bounded, before STOP_SENDING (`half-open.ts`).
 * - `abort()` is a reset and STOP_SENDING, always both.
 * - STOP_SENDING by us waits for the peer's first byte, so that a negotiation is never cut off.
 * - The peer's STOP_SENDING never costs data that it sent, and its RESET of a half that we stopped is a normal end.
 * - Where the browser lets it cost data all the same, the end is an error unless the protocol's messages tell their length.
 */
export class Stream extends AbstractStream implements StreamOwner {
  readonly #wire: SessionStream
  readonly #limits: StreamLimits
  readonly #bytes: CounterGroup | undefined
  readonly #onSent: ((bytes: number) => void) | undefined
  readonly #wanted: string | undefined
  readonly #exchanges: KnownExchanges | undefined
  readonly #watch: HalfOpenWatch
  readonly #sent = Promise.withResolvers<void>()
  /** 'over': the session has nothing more for us, though bytes of it may still wait here. */
  #receiving: 'reading' | 'discarding' | 'over' = 'reading'
  #sending: 'open' | 'over' = 'open'
  #heard = false
  /** Nobody knows whether all that the peer said arrived. */
  #endUnknown = false
  #lost = false
  #released = false
  #discarded = 0
  #pumping = false

  constructor(init: StreamInit) {
    super(init)
    this.#wire = init.wire
    this.#limits = init.limits
    this.#bytes = init.bytes
    this.#onSent = init.onSent
    this.#wanted = init.wanted
    this.#exchanges = init.exchanges
    this.#exchanges?.finishWhereSilent(this, () => this.#finish())
    this.#wire.owner = this
    this.#watch = new HalfOpenWatch(init.limits, {
      inactivityTimeout: () => this.inactivityTimeout,
      listening: () => this.#listening,
      closing: () => this.writeStatus === 'closing',
      reading: () => this.readStatus === 'paused' || this.#listening,
      discard: () => this.#discard(),
      stop: () => this.#stop(),
      abort: (error) => this.abort(error),
    })
    this.#watch.begin()
    this.addEventListener('close', () => this.#end())
    this.#wire.events = {
      readable: () => this.#pump(),
      writable: () => this.safeDispatchEvent('drain'),
      stopped: () => this.#onStopped(),
      finished: () => this.#sent.resolve(),
      lost: () => {
        this.#lost = true
        this.#sent.resolve()
      },
    }
    // What arrived before anybody listened to the session's stream; the muxer announces us first.
    queueMicrotask(() => this.#pump())
  }

  /** The protocol, once it is known: js-libp2p writes it down on the stream without a word. */
  get owner(): string | undefined {
    return this.protocol === '' ? this.#wanted : this.protocol
  }

  /** Something of what the peer said may be missing, and no reader would see it. */
  get #mayMiss(): boolean {
    return this.#endUnknown && this.#exchanges?.tellLength(this.protocol) !== true
  }

  get #listening(): boolean {
    return this.readStatus === 'readable' && this.listenerCount('message') > 0
  }

  /** Resolves when nothing is left to be sent: all of it arrived, or our half was reset, or lost with the session. */
  get sent(): Promise<void> {
    return this.#sent.promise
  }

  /** The session under the stream is over. */
  get lost(): boolean {
    return this.#lost
  }

  /** Ends the stream if the peer is done and nothing was sent for so long; says whether it did. */
  reclaim(idleFor: Millis): boolean {
    // Where our half is over and the peer's is not, somebody may wait for its answer.
    if (this.#receiving !== 'over' || !this.#watch.forgotten(idleFor)) return false
    this.abort(new InactivityTimeoutError(idleFor))
    return true
  }

  /** The connection is closing, nobody reads any more: the peer's end need not wait for a reader. */
  release(): void {
    this.#released = true
    this.#tellEnd()
  }

  sendData(data: Uint8ArrayList): SendResult {
    // The peer takes no more: swallow, as a write to /dev/null. Not an error, go-libp2p stops on every close.
    if (this.#sending === 'over') return { sentBytes: data.byteLength, canSendMore: true }
    let sentBytes = 0
    for (const bytes of data) {
      const taken = this.#wire.write(bytes)
      sentBytes += taken
      if (taken > 0) {
        this.#watch.touch()
        this.#bytes?.increment({ sent: taken })
        this.#onSent?.(taken)
      }
      if (taken < bytes.byteLength) return { sentBytes, canSendMore: false }
    }
    return { sentBytes, canSendMore: true }
  }

  async sendCloseWrite(): Promise<void> {
    this.#finish()
    this.#watch.drain()
  }

  #finish(): void {
    if (this.#sending !== 'open') return
    this.#sending = 'over'
    this.#wire.finish()
  }

  async sendCloseRead(): Promise<void> {
    if (this.#receiving === 'over') return
    if (this.#heard) this.#stop()
    else this.#discard()
    this.#watch.drain()
  }

  /**
   * What comes until the peer is done. Unlike the inherited one it also ends when the peer was done, or the stream
   * over, before anybody asked.
   */
  override async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array | Uint8ArrayList> {
    if (this.status !== 'open') {
      const rest = this.readBuffer.sublist()
      this.readBuffer.consume(rest.byteLength)
      if (rest.byteLength > 0) yield rest
      if (this.#mayMiss) throw new EndUnknownError()
      return
    }
    if (this.remoteWriteStatus === 'closed' && this.readBuffer.byteLength === 0) return
    yield* super[Symbol.asyncIterator]()
  }

  override push(data: Uint8Array | Uint8ArrayList): void {
    super.push(data)
    this.#untellEnd()
  }

  override unshift(data: Uint8Array | Uint8ArrayList): void {
    super.unshift(data)
    this.#untellEnd()
  }

  sendReset(): void {
    this.#sending = 'over'
    this.#receiving = 'over'
    this.#wire.reset(NO_ERROR)
    this.#wire.stopSending(NO_ERROR)
    this.#sent.resolve()
  }

  sendPause(): void {
    // Not pulling is enough: QUIC flow control holds the peer.
  }

  sendResume(): void {
    this.#pump()
  }

  /** Delivers what waits, then pulls on: whoever calls this made room. */
  protected override dispatchReadBuffer(): void {
    super.dispatchReadBuffer()
    this.#tellEnd()
    this.#pump()
  }

  #pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    try {
      for (let room = this.#room(); room > 0; room = this.#room()) {
        const bytes = this.#wire.read(room)
        if (bytes === undefined) {
          this.#onReceiveState()
          break
        }
        this.#onBytes(bytes)
      }
    } finally {
      this.#pumping = false
    }
  }

  /** How many bytes may be pulled now; the rest waits in QUIC, whose flow control holds the peer. */
  #room(): number {
    if (this.#receiving === 'discarding') return DISCARD_CHUNK
    if (this.#receiving === 'over' || this.readStatus !== 'readable') return 0
    return Math.min(this.#limits.readAhead, this.maxReadBufferLength) - this.readBuffer.byteLength
  }

  #onBytes(bytes: Uint8Array): void {
    this.#heard = true
    this.#watch.touch()
    this.#bytes?.increment({ received: bytes.byteLength })
    if (this.#receiving === 'reading') {
      this.onData(bytes)
      return
    }
    this.#discarded += bytes.byteLength
    // The application closed its reading half and only the first byte was waited for, or the bound is reached.
    if (this.readStatus === 'closed' || this.#discarded > this.#limits.drainBytes) this.#stop()
  }

  #onReceiveState(): void {
    switch (this.#wire.receiveState) {
      case 'open':
        return
      case 'ended':
      case 'stopped':
        this.#receiving = 'over'
        this.#tellEnd()
        if (this.#sending === 'open') this.#watch.idle()
        return
      case 'reset': {
        // Nobody wants it any more: then it is the end, and no error.
        const wanted = this.#receiving === 'reading'
        this.#receiving = 'over'
        if (!wanted) this.#tellEnd()
        else if (this.status === 'open') this.onRemoteReset()
        return
      }
      case 'spoiled':
        this.#endUnknown = this.#receiving === 'reading'
        this.#receiving = 'over'
        this.#tellEnd()
        return
      case 'lost':
        // The end of the connection ends the stream: only there it is known whether it was a clean one.
        this.#receiving = 'over'
        return
    }
  }

  /** Says that the peer is done, once all it said was delivered: `close` must not overtake data. */
  #tellEnd(): void {
    if (this.#receiving !== 'over' || this.status !== 'open') return
    if (this.readBuffer.byteLength > 0 && !this.#released) return
    if (this.#mayMiss) this.onTransportClosed(new EndUnknownError())
    else this.onRemoteCloseWrite()
  }

  /**
   * Bytes were put back, by multistream-select that had read too far: the end comes again, after them, for the
   * protocol handler. A peer that negotiates lazily sends all of it in one packet.
   */
  #untellEnd(): void {
    if (this.status === 'open' && this.remoteWriteStatus === 'closed') this.remoteWriteStatus = 'writable'
  }

  /** The peer sent STOP_SENDING; the session has reset our half (RFC 9000, 3.5). What it sent itself stays readable. */
  #onStopped(): void {
    this.#sent.resolve()
    if (this.#sending === 'open') {
      this.#sending = 'over'
      if (this.#receiving !== 'over') this.#watch.idle()
    }
    this.onRemoteCloseRead()
    this.safeDispatchEvent('drain')
  }

  #discard(): void {
    this.readBuffer.consume(this.readBuffer.byteLength)
    if (this.#receiving === 'over') {
      this.#tellEnd()
      return
    }
    this.#receiving = 'discarding'
    this.#pump()
  }

  #stop(): void {
    if (this.#receiving === 'over') return
    this.#receiving = 'over'
    this.#wire.stopSending(NO_ERROR)
    if (this.#sending === 'open') this.#watch.idle()
    // In a later task, so that whoever awaits closeRead() can listen for it first.
    setTimeout(() => this.#tellEnd(), 0)
  }

  /** The stream is over for libp2p: what is still alive of it underneath is not anybody's any more. */
  #end(): void {
    this.#watch.end()
    if (this.#sending === 'open') {
      this.#wire.reset(NO_ERROR)
      this.#sent.resolve()
    }
    if (this.#receiving !== 'over') this.#wire.stopSending(NO_ERROR)
    this.#sending = 'over'
    this.#receiving = 'over'
    // A `close()` under way is told that all is written, and waits for room only now that nobody can tell it any more.
    if (this.writableNeedsDrain) setTimeout(() => this.safeDispatchEvent('drain'), 0)
  }
}
