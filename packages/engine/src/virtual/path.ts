import type { Millis } from '@sluice/credit'
import type { Random } from './random.ts'

/** How a way between two endpoints treats datagrams. What is left out is as on a perfect wire. */
export interface PathConditions {
  /** One way. */
  readonly delay?: Millis
  /** Added to the delay, from 0 up to this; the order stays. */
  readonly jitter?: Millis
  /** Share that is lost, 0 to 1. */
  readonly loss?: number
  /** Share that arrives twice. */
  readonly duplicate?: number
  /** Share that arrives late, after others that were sent later. */
  readonly reorder?: number
  /** Share that arrives with a bit changed. */
  readonly corrupt?: number
  /** Bytes a millisecond. */
  readonly bandwidth?: number
  /** Milliseconds of waiting for bandwidth beyond which datagrams are dropped; default 100. */
  readonly queue?: Millis
  /** Largest UDP payload that passes. */
  readonly mtu?: number
  /** Nothing passes. */
  readonly blocked?: boolean
}

const DEFAULT_QUEUE: Millis = 100

/** Late datagrams are overtaken by those of so many milliseconds, or of so many delays where that is longer. */
const LATENESS: Millis = 2

/** Header of a long-header packet (RFC 9000, 17.2). */
const LONG_HEADER = 0x80

/** What a datagram with a handshake counts for bandwidth: TLS and GREASE make their lengths differ from run to run. */
const HANDSHAKE_SIZE = 1_200

/** One direction between two endpoints. */
export class Path {
  readonly #random: Random
  #freeAt: Millis = 0
  #lastArrival: Millis = 0

  constructor(random: Random) {
    this.#random = random
  }

  /** When a datagram that is sent now arrives: never, once, or twice. May change the datagram. */
  carry(data: Uint8Array, conditions: PathConditions, now: Millis): Millis[] {
    const { loss = 0, duplicate = 0, reorder = 0, corrupt = 0, mtu = Number.POSITIVE_INFINITY } = conditions
    // Each datagram draws the same numbers whatever becomes of it, so that conditions can be compared by one seed.
    const [lost, doubled, late, spoilt, jitter, lateness] = [
      this.#random() < loss,
      this.#random() < duplicate,
      this.#random() < reorder,
      this.#random() < corrupt,
      this.#random(),
      this.#random(),
    ]
    if (conditions.blocked === true || lost || data.length > mtu) return []
    const sentAt = this.#send(data, conditions, now)
    if (sentAt === undefined) return []
    if (spoilt) data[data.length >> 1] = (data[data.length >> 1] ?? 0) ^ 1
    const delay = conditions.delay ?? 0
    const arrival = sentAt + delay + jitter * (conditions.jitter ?? 0)
    // The others stay in order.
    if (!late) this.#lastArrival = Math.max(this.#lastArrival, arrival)
    const first = late ? arrival + lateness * Math.max(LATENESS, delay) : this.#lastArrival
    return doubled ? [first, first + lateness * LATENESS] : [first]
  }

  /** When the last byte is on the wire; undefined: the queue is full. */
  #send(data: Uint8Array, { bandwidth, queue = DEFAULT_QUEUE }: PathConditions, now: Millis): Millis | undefined {
    if (bandwidth === undefined) return now
    const start = Math.max(now, this.#freeAt)
    if (start - now > queue) return undefined
    const handshake = ((data[0] ?? 0) & LONG_HEADER) !== 0
    this.#freeAt = start + (handshake ? HANDSHAKE_SIZE : data.length) / bandwidth
    return this.#freeAt
  }
}
