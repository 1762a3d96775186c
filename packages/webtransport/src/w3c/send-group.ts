import type { DataStream } from '../session/data-stream.ts'
import { invalidState } from './error.ts'

export interface WebTransportSendGroupStats {
  readonly bytesWritten: number
  readonly bytesSent: number
  readonly bytesAcknowledged: number
}

/** What a group belongs to. */
export type GroupOwner = object

/**
 * W3C WebTransport, 8.4: streams that are counted together. QUIC sends by `sendOrder` over the whole connection; fair
 * shares between groups are not enforced.
 */
export class WebTransportSendGroup {
  readonly #owner: GroupOwner
  readonly #streams = new Set<DataStream>()
  #gone = { bytesWritten: 0, bytesAcknowledged: 0 }

  /** @internal Made by `createSendGroup`. */
  constructor(owner: GroupOwner) {
    this.#owner = owner
  }

  async getStats(): Promise<WebTransportSendGroupStats> {
    let { bytesWritten, bytesAcknowledged } = this.#gone
    for (const stream of this.#streams) {
      const stats = stream.stats()
      bytesWritten += stats.bytesWritten
      bytesAcknowledged += stats.bytesAcknowledged
    }
    return { bytesWritten, bytesSent: bytesWritten, bytesAcknowledged }
  }

  /** @internal */
  belongsTo(owner: GroupOwner): boolean {
    return this.#owner === owner
  }

  /** @internal */
  add(stream: DataStream): void {
    this.#streams.add(stream)
  }

  /** @internal The stream is over or changes its group: its bytes stay counted. */
  remove(stream: DataStream): void {
    if (!this.#streams.delete(stream)) return
    const { bytesWritten, bytesAcknowledged } = stream.stats()
    this.#gone = {
      bytesWritten: this.#gone.bytesWritten + bytesWritten,
      bytesAcknowledged: this.#gone.bytesAcknowledged + bytesAcknowledged,
    }
  }
}

export interface WebTransportSendOptions {
  readonly sendGroup?: WebTransportSendGroup | null
  /** Higher goes first; default 0. */
  readonly sendOrder?: number
}

/** Group and order of one sender, checked as Web IDL and the standard want it. */
export class SendOptions {
  readonly #owner: GroupOwner
  #sendGroup: WebTransportSendGroup | null = null
  #sendOrder = 0

  /** @throws DOMException InvalidStateError for a group of another session; TypeError for what is no group */
  constructor(owner: GroupOwner, options: WebTransportSendOptions = {}) {
    this.#owner = owner
    this.sendGroup = options.sendGroup ?? null
    this.sendOrder = options.sendOrder ?? 0
  }

  get sendGroup(): WebTransportSendGroup | null {
    return this.#sendGroup
  }

  set sendGroup(group: WebTransportSendGroup | null) {
    if (group !== null && !(group instanceof WebTransportSendGroup))
      throw new TypeError('sendGroup is not a send group')
    if (group !== null && !group.belongsTo(this.#owner)) throw invalidState('the send group belongs to another session')
    this.#sendGroup = group
  }

  get sendOrder(): number {
    return this.#sendOrder
  }

  /** Web IDL `long long`: what is no finite number counts as 0. */
  set sendOrder(order: number) {
    const whole = Math.trunc(Number(order))
    this.#sendOrder = Number.isFinite(whole) ? whole : 0
  }
}
