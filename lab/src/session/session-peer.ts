import type { SessionStream, WebTransportSession } from '@sluice/webtransport'
import type { EchoResult, StreamsOptions, StreamsResult } from '../peers/commands.ts'
import { within } from '../peers/event-log.ts'
import { checksum, pattern } from '../peers/pattern.ts'
import type { SessionCommands } from './commands.ts'
import { echo, readToEnd, writeAll } from './streams.ts'

/** Requests and answers over unidirectional streams and datagrams: one byte that says which, four of number. */
const header = 5
const request = 0
const answer = 1
/** How long a datagram's answer may take before it counts as lost. */
const patience = 1_000

/** A session of ours that serves the lab's commands, and the requests of the other end. */
export class SessionPeer {
  readonly session: WebTransportSession
  readonly #unis = new Map<number, (message: Uint8Array) => void>()
  readonly #datagrams = new Map<number, (message: Uint8Array) => void>()
  #next = 0

  constructor(session: WebTransportSession) {
    this.session = session
    session.onStream = echo
    session.onUniStream = (stream) => void this.#uni(stream)
    session.onDatagram = (message) => this.#datagram(message)
  }

  async request<N extends keyof SessionCommands>(
    command: N,
    options: SessionCommands[N]['options'],
  ): Promise<SessionCommands[N]['result']> {
    const carryOut = this.#commands[command] as (
      options: SessionCommands[N]['options'],
    ) => Promise<SessionCommands[N]['result']>
    return await within(carryOut(options), options.timeout ?? 60_000, `our session: ${command}`)
  }

  readonly #commands: {
    readonly [N in keyof SessionCommands]: (
      options: SessionCommands[N]['options'],
    ) => Promise<SessionCommands[N]['result']>
  } = {
    echo: ({ size }) => this.#echo(size),
    streams: (options) => this.#streams(options),
    unis: async ({ count, size }) => {
      const start = performance.now()
      for (let i = 0; i < count; i++) await this.#askByUni(size)
      return { answered: count, milliseconds: performance.now() - start }
    },
    datagrams: async ({ count, size }) => {
      let answered = 0
      for (let i = 0; i < count; i++) if (await this.#askByDatagram(size)) answered += 1
      return { sent: count, answered }
    },
    close: async ({ code, reason }) => {
      this.session.close({ closeCode: code, reason })
      return null
    },
  }

  async #echo(size: number): Promise<EchoResult> {
    const message = pattern(size)
    const start = performance.now()
    const returned = await this.#exchange(message, 60_000)
    const milliseconds = performance.now() - start
    const [sent, received] = [await checksum(message), await checksum(returned)]
    return { bytes: returned.byteLength, sent, received, milliseconds }
  }

  async #streams({ count, width, size, timeout = 60_000 }: StreamsOptions): Promise<StreamsResult> {
    const message = pattern(size)
    const failures: Record<string, number> = {}
    let begun = 0
    let echoed = 0
    const worker = async (): Promise<void> => {
      while (begun < count) {
        begun += 1
        try {
          const returned = await this.#exchange(message, timeout)
          if (returned.byteLength !== size) throw new RangeError(`${returned.byteLength} bytes of ${size} came back`)
          echoed += 1
        } catch (error) {
          const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
          failures[text] = (failures[text] ?? 0) + 1
        }
      }
    }
    const start = performance.now()
    await Promise.all(Array.from({ length: width === 0 ? count : Math.min(width, count) }, worker))
    return { asked: count, echoed, failures, milliseconds: performance.now() - start }
  }

  async #exchange(message: Uint8Array, deadline: number): Promise<Uint8Array> {
    const stream = await this.session.openStream({ deadline })
    try {
      const [returned] = await Promise.all([readToEnd(stream), writeAll(stream, message)])
      return returned
    } catch (error) {
      stream.reset(0)
      stream.stopSending(0)
      throw error
    }
  }

  async #askByUni(size: number): Promise<void> {
    const { id, message } = this.#question(size)
    const { promise, resolve } = Promise.withResolvers<Uint8Array>()
    this.#unis.set(id, resolve)
    await writeAll(await this.session.openUniStream(), message)
    const returned = await promise
    if (!Buffer.from(returned.subarray(header)).equals(message.subarray(header))) {
      throw new RangeError('the answer to a unidirectional stream differs')
    }
  }

  async #askByDatagram(size: number): Promise<boolean> {
    const { id, message } = this.#question(size)
    const { promise, resolve } = Promise.withResolvers<Uint8Array>()
    this.#datagrams.set(id, resolve)
    const state = this.session.sendDatagram(message)
    if (state !== 'queued') throw new RangeError(`a datagram of ${message.byteLength} bytes is ${state}`)
    try {
      const returned = await within(promise, patience, 'the answer to a datagram')
      return Buffer.from(returned.subarray(header)).equals(message.subarray(header))
    } catch {
      return false
    } finally {
      this.#datagrams.delete(id)
    }
  }

  async #uni(stream: SessionStream): Promise<void> {
    try {
      const message = await readToEnd(stream)
      if (message[0] === answer) arrived(this.#unis, message)
      else await writeAll(await this.session.openUniStream(), answering(message))
    } catch {
      // The other end misses its answer and says so.
    }
  }

  #datagram(message: Uint8Array): void {
    if (message[0] === answer) arrived(this.#datagrams, message)
    else this.session.sendDatagram(answering(message))
  }

  #question(size: number): { readonly id: number; readonly message: Uint8Array } {
    const id = this.#next++
    const message = Buffer.alloc(header + size)
    message[0] = request
    message.writeUInt32BE(id, 1)
    message.set(pattern(size), header)
    return { id, message }
  }
}

function answering(message: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(message)
  copy[0] = answer
  return copy
}

function arrived(waiting: Map<number, (message: Uint8Array) => void>, message: Uint8Array): void {
  if (message.byteLength < header) return
  const id = Buffer.from(message).readUInt32BE(1)
  waiting.get(id)?.(message)
  waiting.delete(id)
}
