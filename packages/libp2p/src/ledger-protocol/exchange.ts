import type { Stream } from '@libp2p/interface'
import { byteStream } from '@libp2p/utils'
import { InvalidLedgerMessageError } from '../errors.ts'
import { MAX_MESSAGE } from './message.ts'

/** Bytes of the length in front of a message, big endian. */
const LENGTH = 4

/** One question and one answer on a stream, each behind its length. Whatever happens, the stream ends with it. */
export class Exchange {
  readonly #stream: Stream
  readonly #signal: AbortSignal
  readonly #bytes: ReturnType<typeof byteStream<Stream>>

  constructor(stream: Stream, signal: AbortSignal) {
    this.#stream = stream
    this.#signal = signal
    // The question or answer is all that may ever come.
    this.#bytes = byteStream(stream, { maxBufferSize: LENGTH + MAX_MESSAGE })
  }

  /** @throws InvalidLedgerMessageError, the errors of the stream, the signal's reason */
  async read(): Promise<Uint8Array> {
    const head = await this.#bytes.read({ bytes: LENGTH, signal: this.#signal })
    const length = head.getUint32(0)
    if (length > MAX_MESSAGE) throw new InvalidLedgerMessageError(`${length} bytes are more than ${MAX_MESSAGE}`)
    const message = await this.#bytes.read({ bytes: length, signal: this.#signal })
    return message.subarray()
  }

  async write(message: Uint8Array): Promise<void> {
    const framed = new Uint8Array(LENGTH + message.byteLength)
    new DataView(framed.buffer).setUint32(0, message.byteLength)
    framed.set(message, LENGTH)
    await this.#bytes.write(framed, { signal: this.#signal })
  }

  /** Our half is done; the other's end is read away by the stream itself. */
  async end(): Promise<void> {
    await this.#stream.close({ signal: this.#signal })
  }

  fail(error: unknown): void {
    this.#stream.abort(error instanceof Error ? error : new Error('the ledger exchange failed', { cause: error }))
  }
}
