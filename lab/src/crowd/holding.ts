import type { Connection, Stream } from '@libp2p/interface'
import { NoStreamCreditError } from '@sluice/credit'
import type { Libp2p } from 'libp2p'

/** Streams that stay open until their opener closes them. */
const HOLD_PROTOCOL = '/lab/hold/1.0.0'

/** The governor is what is measured, not libp2p's limit per protocol. */
const UNLIMITED = { maxInboundStreams: Number.POSITIVE_INFINITY, maxOutboundStreams: Number.POSITIVE_INFINITY }

/** Longest wait for a stream that has credit to be opened. */
const OPEN_WITHIN = 60_000

/** Holds streams for others until they close them. */
export async function serveHolding(libp2p: Pick<Libp2p, 'handle'>): Promise<void> {
  await libp2p.handle(
    HOLD_PROTOCOL,
    async (stream) => {
      await readToEnd(stream)
      await stream.close()
    },
    UNLIMITED,
  )
}

/** An application that opens what it may and lets go of nothing. */
export class Holder {
  readonly #connection: Connection
  #streams: Stream[] = []

  constructor(connection: Connection) {
    this.#connection = connection
  }

  get held(): number {
    return this.#streams.length
  }

  /** Opens streams until there is no credit within the transport's `openDeadline`, and says how many. @throws what opening throws */
  async openAll(): Promise<number> {
    const before = this.held
    for (let stream = await this.#open(); stream !== undefined; stream = await this.#open()) {
      this.#streams.push(stream)
      // A stream that nobody reads may be taken for one that was forgotten.
      void readToEnd(stream)
    }
    return this.held - before
  }

  /** Closes all of them, and says how many. */
  async release(): Promise<number> {
    const streams = this.#streams
    this.#streams = []
    const signal = AbortSignal.timeout(OPEN_WITHIN)
    await Promise.all(streams.map((stream) => stream.close({ signal })))
    return streams.length
  }

  async #open(): Promise<Stream | undefined> {
    const signal = AbortSignal.timeout(OPEN_WITHIN)
    try {
      return await this.#connection.newStream(HOLD_PROTOCOL, { signal, ...UNLIMITED })
    } catch (error) {
      if (error instanceof NoStreamCreditError) return undefined
      throw error
    }
  }
}

/** Whatever ends the stream, this ends too: whoever has the stream is told by it. */
async function readToEnd(stream: Stream): Promise<void> {
  try {
    for await (const _ of stream) {
      // Nobody sends anything.
    }
  } catch (error) {
    if (stream.status === 'open') stream.abort(error instanceof Error ? error : new Error(String(error)))
  }
}
