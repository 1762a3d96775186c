import type { Opener, StreamCounts, StreamKind } from '@sluice/credit'
import type { MemoryStream } from './stream.ts'

/** The streams of one kind and opener: exact counts, ids, and what waits to be accepted. */
export class StreamTable {
  readonly kind: StreamKind
  readonly opener: Opener
  limit = 0
  opened = 0
  readonly #firstId: number
  readonly #waiting: MemoryStream[] = []
  #retired = 0
  #accepted = 0
  #announced = false
  /** The limit that STREAMS_BLOCKED was last said of. */
  #blockedAt = -1

  constructor(kind: StreamKind, opener: Opener, side: 'client' | 'server') {
    this.kind = kind
    this.opener = opener
    // RFC 9000, 2.1: bit 0 tells who opened, bit 1 the kind.
    const openedByServer = (side === 'server') === (opener === 'us')
    this.#firstId = (openedByServer ? 1 : 0) + (kind === 'uni' ? 2 : 0)
  }

  get counts(): StreamCounts {
    const accepted = this.opener === 'us' ? this.opened : this.#accepted
    return { limit: this.limit, opened: this.opened, accepted, retired: this.#retired }
  }

  /** The id of the next stream. */
  nextId(): number {
    return this.#firstId + 4 * this.opened
  }

  /** An open found no credit: whether the peer is to be told, which is once for each limit. */
  saysBlocked(): boolean {
    if (this.#blockedAt === this.limit) return false
    this.#blockedAt = this.limit
    return true
  }

  indexOf(id: number): number {
    return (id - this.#firstId) / 4
  }

  /** Keeps a stream of the peer until the application takes it; true when it must be told. */
  hold(stream: MemoryStream): boolean {
    this.#waiting.push(stream)
    if (this.#announced) return false
    this.#announced = true
    return true
  }

  take(): MemoryStream | undefined {
    const stream = this.#waiting.shift()
    if (stream === undefined) this.#announced = false
    else this.#accepted += 1
    return stream
  }

  retire(): void {
    this.#retired += 1
  }
}
