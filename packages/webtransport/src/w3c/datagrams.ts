import type { Clock } from '../clock.ts'
import type { WebTransportSession } from '../session/webtransport-session.ts'
import { IncomingDatagrams } from './incoming-datagrams.ts'
import { OutgoingDatagrams } from './outgoing-datagrams.ts'
import { type GroupOwner, SendOptions, type WebTransportSendGroup, type WebTransportSendOptions } from './send-group.ts'

/** What is assumed until the path is known. */
const INITIAL_MAX_DATAGRAM_SIZE = 1024

/** W3C WebTransport, 5: a sender of datagrams. */
export class WebTransportDatagramsWritable extends WritableStream<BufferSource> {
  readonly #options: SendOptions

  /** @internal Made by `createWritable`. */
  constructor(queue: OutgoingDatagrams, options: SendOptions) {
    super({ write: (chunk) => queue.send(chunk) })
    this.#options = options
  }

  get sendGroup(): WebTransportSendGroup | null {
    return this.#options.sendGroup
  }

  set sendGroup(group: WebTransportSendGroup | null) {
    this.#options.sendGroup = group
  }

  get sendOrder(): number {
    return this.#options.sendOrder
  }

  set sendOrder(order: number) {
    this.#options.sendOrder = order
  }
}

/** W3C WebTransport, 5: the datagrams of a session. */
export class WebTransportDatagramDuplexStream {
  readonly #owner: GroupOwner
  readonly #incoming: IncomingDatagrams
  readonly #outgoing: OutgoingDatagrams
  #session: WebTransportSession | undefined

  /** @internal */
  constructor(owner: GroupOwner, clock: Clock, readable: 'bytes' | undefined) {
    this.#owner = owner
    this.#incoming = new IncomingDatagrams(clock, readable)
    this.#outgoing = new OutgoingDatagrams(clock)
  }

  get readable(): ReadableStream<Uint8Array> {
    return this.#incoming.readable
  }

  /** @throws DOMException InvalidStateError for a send group of another session */
  createWritable(options: WebTransportSendOptions = {}): WebTransportDatagramsWritable {
    return new WebTransportDatagramsWritable(this.#outgoing, new SendOptions(this.#owner, options))
  }

  get maxDatagramSize(): number {
    return this.#session?.maxDatagramSize ?? INITIAL_MAX_DATAGRAM_SIZE
  }

  /** Milliseconds after which a received datagram that nobody read is dropped; null: never. */
  get incomingMaxAge(): number | null {
    return this.#incoming.maxAge
  }

  set incomingMaxAge(age: number | null) {
    this.#incoming.maxAge = maxAge(age)
  }

  /** Milliseconds after which a datagram that could not be sent is dropped; null: never. */
  get outgoingMaxAge(): number | null {
    return this.#outgoing.maxAge
  }

  set outgoingMaxAge(age: number | null) {
    this.#outgoing.maxAge = maxAge(age)
  }

  get incomingMaxBufferedDatagrams(): number {
    return this.#incoming.maxBuffered
  }

  set incomingMaxBufferedDatagrams(count: number) {
    this.#incoming.maxBuffered = maxBuffered(count)
  }

  get outgoingMaxBufferedDatagrams(): number {
    return this.#outgoing.maxBuffered
  }

  set outgoingMaxBufferedDatagrams(count: number) {
    this.#outgoing.maxBuffered = maxBuffered(count)
  }

  /** @internal */
  get counts(): {
    readonly droppedIncoming: number
    readonly expiredIncoming: number
    readonly expiredOutgoing: number
  } {
    return {
      droppedIncoming: this.#incoming.dropped,
      expiredIncoming: this.#incoming.expired,
      expiredOutgoing: this.#outgoing.expired,
    }
  }

  /** @internal There is a session now. */
  begin(session: WebTransportSession): void {
    this.#session = session
    session.onDatagram = (payload) => this.#incoming.add(payload)
    session.onDatagramWritable = () => this.#outgoing.flush()
    this.#outgoing.begin(session)
  }

  /** @internal @param error undefined for an orderly end */
  end(error: unknown): void {
    this.#incoming.end(error)
    this.#outgoing.end()
  }
}

/** @throws RangeError for NaN and negative ages; 0 counts as null */
function maxAge(age: number | null): number | null {
  if (age === null) return null
  const milliseconds = Number(age)
  if (Number.isNaN(milliseconds) || milliseconds < 0)
    throw new RangeError('an age is a number of milliseconds, or null')
  return milliseconds === 0 ? null : milliseconds
}

/** At least 1. @throws TypeError for what is no number */
function maxBuffered(count: number): number {
  const whole = Math.trunc(Number(count))
  if (!Number.isFinite(whole) || whole < 0) throw new TypeError('a number of datagrams is a whole number')
  return Math.max(1, whole)
}
