import type { Millis } from '@sluice/credit'
import type { Stream } from '@sluice/engine'
import { ErrorCode } from '@sluice/h3'
import type { Clock } from '../clock.ts'
import type { Limits } from '../limits.ts'
import { abandon } from './abandon.ts'

interface WaitingStream {
  readonly sessionId: number
  readonly stream: Stream
  readonly held: Uint8Array
  readonly since: Millis
}

interface WaitingDatagram {
  readonly sessionId: number
  readonly payload: Uint8Array
}

/** What came for a session that does not exist yet. */
export interface EarlyArrivals {
  readonly streams: readonly { readonly stream: Stream; readonly held: Uint8Array }[]
  readonly datagrams: readonly Uint8Array[]
}

/**
 * Streams and datagrams that overtook their CONNECT. Bounded in number and time: what is too much or too late is
 * refused with WT_BUFFERED_STREAM_REJECTED (draft-ietf-webtrans-http3, 4.6).
 */
export class WaitingRoom {
  readonly #clock: Clock
  readonly #limits: Limits
  #streams: WaitingStream[] = []
  #datagrams: WaitingDatagram[] = []
  #cancelTimer: (() => void) | undefined

  constructor(clock: Clock, limits: Limits) {
    this.#clock = clock
    this.#limits = limits
  }

  holdStream(sessionId: number, stream: Stream, held: Uint8Array): void {
    if (this.#streams.length >= this.#limits.pendingStreams) {
      abandon(stream, ErrorCode.WT_BUFFERED_STREAM_REJECTED)
      return
    }
    stream.events = { stopped: (code) => stream.reset(code) }
    this.#streams.push({ sessionId, stream, held, since: this.#clock.now() })
    this.#arm(this.#limits.pendingTime)
  }

  holdDatagram(sessionId: number, payload: Uint8Array): void {
    if (this.#datagrams.length >= this.#limits.pendingDatagrams) this.#datagrams.shift()
    this.#datagrams.push({ sessionId, payload })
  }

  /** The session exists: takes what came for it. */
  take(sessionId: number): EarlyArrivals {
    const streams = this.#streams.filter((waiting) => waiting.sessionId === sessionId)
    const datagrams = this.#datagrams.filter((waiting) => waiting.sessionId === sessionId)
    this.#streams = this.#streams.filter((waiting) => waiting.sessionId !== sessionId)
    this.#datagrams = []
    if (this.#streams.length === 0) this.#disarm()
    return { streams, datagrams: datagrams.map(({ payload }) => payload) }
  }

  /** There will be no such session. */
  refuse(sessionId: number): void {
    for (const { stream } of this.take(sessionId).streams) abandon(stream, ErrorCode.WT_BUFFERED_STREAM_REJECTED)
  }

  /** The connection is over, and everything in here with it. */
  clear(): void {
    this.#disarm()
    this.#streams = []
    this.#datagrams = []
  }

  #arm(delay: Millis): void {
    this.#cancelTimer ??= this.#clock.after(delay, () => this.#expire())
  }

  #disarm(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  #expire(): void {
    this.#disarm()
    const expired = this.#clock.now() - this.#limits.pendingTime
    for (const { stream, since } of this.#streams) {
      if (since <= expired) abandon(stream, ErrorCode.WT_BUFFERED_STREAM_REJECTED)
    }
    this.#streams = this.#streams.filter(({ since }) => since > expired)
    const [next] = this.#streams
    if (next !== undefined) this.#arm(next.since - expired)
  }
}
