import type { Connection, Stream } from '@sluice/engine'
import { within } from '../peers/event-log.ts'
import { pattern } from '../peers/pattern.ts'
import type { ResetStreamsOptions, ResetTally } from '../peers/quic-go.ts'

/** The reliable size, big-endian, itself included in it. */
const header = 4
const faultsKept = 5

/** One connection of our engine that sends and receives streams which end in RESET_STREAM_AT. */
export class EnginePeer {
  readonly connection: Connection
  readonly #codes: Record<string, number> = {}
  readonly #faults: string[] = []
  readonly #openable = new Set<() => void>()
  #streams = 0
  #intact = 0
  #beyond = 0

  /** To be called in the turn in which the connection was received. */
  constructor(connection: Connection) {
    this.connection = connection
    connection.events = {
      streamsAcceptable: () => this.#accept(),
      streamsOpenable: () => {
        for (const retry of [...this.#openable]) retry()
      },
    }
  }

  /** What became of the streams that the other end opened. */
  get received(): ResetTally {
    return {
      streams: this.#streams,
      intact: this.#intact,
      codes: this.#codes,
      beyond: this.#beyond,
      faults: this.#faults,
    }
  }

  /** Opens the streams, resets each at its reliable size, and waits for the other end's FIN on each. */
  async resetStreams(options: ResetStreamsOptions): Promise<{ readonly sent: number }> {
    let begun = 0
    const worker = async (): Promise<void> => {
      while (begun < options.count) {
        begun += 1
        await this.#resetStream(options)
      }
    }
    const all = Promise.all(Array.from({ length: options.width }, worker))
    await within(all, options.timeout ?? 60_000, 'our engine: reset-streams')
    return { sent: options.count }
  }

  async #resetStream({ reliable, unreliable, code }: ResetStreamsOptions): Promise<void> {
    const stream = await this.#open()
    const message = Buffer.from(pattern(reliable + unreliable))
    message.writeUInt32BE(reliable)
    await write(stream, message)
    stream.reset(code, reliable)
    await read(stream)
  }

  async #open(): Promise<Stream> {
    for (;;) {
      const stream = this.connection.openStream('bidi')
      if (stream !== undefined) return stream
      await new Promise<void>((resolve) => {
        const retry = (): void => {
          this.#openable.delete(retry)
          resolve()
        }
        this.#openable.add(retry)
      })
    }
  }

  #accept(): void {
    for (;;) {
      const stream = this.connection.acceptStream('bidi')
      if (stream === undefined) return
      void this.#receive(stream)
    }
  }

  async #receive(stream: Stream): Promise<void> {
    const data = await read(stream)
    stream.finish()
    this.#streams += 1
    const code = String(stream.resetCode)
    this.#codes[code] = (this.#codes[code] ?? 0) + 1
    const fault = this.#fault(stream, data)
    if (fault === undefined) {
      this.#intact += 1
      this.#beyond += data.byteLength - data.readUInt32BE()
    } else if (this.#faults.length < faultsKept) {
      this.#faults.push(fault)
    }
  }

  #fault(stream: Stream, data: Buffer): string | undefined {
    const about = `stream ${stream.id} was ${stream.receiveState} after ${data.byteLength} bytes`
    if (stream.receiveState !== 'reset' || data.byteLength < header) return about
    const reliable = data.readUInt32BE()
    if (data.byteLength < reliable) return `${about} of ${reliable} reliable ones`
    const expected = Buffer.from(pattern(reliable))
    return data.subarray(header, reliable).equals(expected.subarray(header)) ? undefined : `${about}, and they differ`
  }
}

/** Everything until the half ends in any way. */
function read(stream: Stream): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>()
  const parts: Uint8Array[] = []
  const pull = (): void => {
    for (let part = stream.read(); part !== undefined; part = stream.read()) parts.push(part)
    if (stream.receiveState !== 'open') resolve(Buffer.concat(parts))
  }
  stream.events = { ...stream.events, readable: pull }
  pull()
  return promise
}

/** Resolves when all of it was taken. */
function write(stream: Stream, message: Uint8Array): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let at = 0
  const push = (): void => {
    at += stream.write(message.subarray(at))
    if (at === message.byteLength) resolve()
  }
  stream.events = { ...stream.events, writable: push }
  push()
  return promise
}
