import type { Connection, Stream } from '@libp2p/interface'
import { type AccountSnapshot, DEFAULT_RESERVE, NoStreamCreditError } from '@sluice/credit'
import type { Libp2p } from 'libp2p'

/** Streams that stay open until their opener closes them. */
const HOLD_PROTOCOL = '/lab/hold/1.0.0'

/** The governor is what is measured, not libp2p's limit per protocol. */
const UNLIMITED = { maxInboundStreams: Number.POSITIVE_INFINITY, maxOutboundStreams: Number.POSITIVE_INFINITY }

/** No credit for so long means that there is none, unless the machine is busy: so it is tried again. */
const PATIENCE = 300
/** Longest wait for a stream that has credit to be opened, and for one to be closed. */
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
  readonly #account: () => AccountSnapshot
  #streams: Stream[] = []

  /** @param account of the streams that this end opens on the connection */
  constructor(connection: Connection, account: () => AccountSnapshot) {
    this.#connection = connection
    this.#account = account
  }

  get held(): number {
    return this.#streams.length
  }

  /** Opens streams until there is no credit for a while, and says how many. @throws what opening throws otherwise */
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
    const { available } = this.#account()
    const waits = available !== null && available <= DEFAULT_RESERVE
    const signal = AbortSignal.timeout(waits ? PATIENCE : OPEN_WITHIN)
    try {
      return await this.#connection.newStream(HOLD_PROTOCOL, { signal, ...UNLIMITED })
    } catch (error) {
      // Credit may come when it is too late to agree on a protocol: the stream is given up, and gets another try.
      if (error instanceof NoStreamCreditError || (waits && signal.aborted)) return undefined
      // What ended the connection is told by its report.
      if (this.#connection.status !== 'open') return undefined
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
