import type { Connection, Stream } from '@libp2p/interface'
import type { Libp2p } from 'libp2p'
import type { MessagesOptions, MessagesResult, ReceivedResult } from '../commands.ts'
import { pattern } from '../pattern.ts'
import { describe, Tally } from './tally.ts'

export const MESSAGE_PROTOCOL = '/lab/message/1.0.0'

/** What a message begins with: its number, big-endian. The pattern follows. */
export const NUMBER_SIZE = 4
/** How many messages of a run may stall before the rest is not tried. */
const STALLS_UNTIL_GIVING_UP = 3

const UNLIMITED = { maxInboundStreams: Number.POSITIVE_INFINITY, maxOutboundStreams: Number.POSITIVE_INFINITY }

/** What becomes of a stream with a message. */
export interface Handling {
  /** Takes the message from the stream. */
  readonly read: (stream: Stream) => Promise<Uint8Array>
  /** Ends the stream once its message was taken. */
  readonly end: (stream: Stream) => Promise<void>
}

const properly: Handling = { read: readAll, end: (stream) => stream.close() }

/** Messages, one a stream, that nobody answers: what bitswap does, and what libp2p/go-libp2p#3038 is about. */
export class Mailbox {
  readonly #handling: () => Partial<Handling>
  readonly #numbers = new Set<number>()
  readonly #faults = new Tally()
  #repeats = 0
  #bytes = 0

  /** @param handling how the next stream is treated, where not properly: bad peers have their habits */
  constructor(handling: () => Partial<Handling> = () => ({})) {
    this.#handling = handling
  }

  /** Counts from now on what arrives. */
  async serve(libp2p: Pick<Libp2p, 'handle'>): Promise<void> {
    await libp2p.handle(MESSAGE_PROTOCOL, (stream) => this.#receive(stream), UNLIMITED)
  }

  /** How many different messages came, the sum of their numbers and of their bytes, and what went wrong with others. */
  received(): ReceivedResult {
    const sum = [...this.#numbers].reduce((total, number) => total + number, 0)
    return {
      messages: this.#numbers.size,
      sum,
      repeats: this.#repeats,
      bytes: this.#bytes,
      faults: this.#faults.counts,
    }
  }

  async #receive(stream: Stream): Promise<void> {
    const { read, end } = { ...properly, ...this.#handling() }
    try {
      const message = await read(stream)
      const number = numberOf(message)
      if (this.#numbers.has(number)) this.#repeats += 1
      else this.#bytes += message.byteLength
      this.#numbers.add(number)
      await end(stream)
    } catch (error) {
      this.#faults.add(error)
      stream.abort(error instanceof Error ? error : new Error(String(error)))
    }
  }
}

/** Opens a fresh stream for each message, writes it, closes, and reads nothing. A failure does not end the run. */
export async function sendMessages(
  connection: Connection,
  { count, width, size, patience }: MessagesOptions,
  signal: AbortSignal,
): Promise<MessagesResult> {
  const failures = new Tally()
  let [begun, sent, stalls, slowest] = [0, 0, 0, 0]
  const worker = async (): Promise<void> => {
    while (begun < count && stalls < STALLS_UNTIL_GIVING_UP && !signal.aborted) {
      const number = begun++
      const began = performance.now()
      const patient = AbortSignal.timeout(patience)
      try {
        await sendMessage(connection, number, size, AbortSignal.any([signal, patient]))
        sent += 1
      } catch (error) {
        failures.add(error)
        if (patient.aborted) stalls += 1
      }
      slowest = Math.max(slowest, performance.now() - began)
    }
  }
  const start = performance.now()
  await Promise.all(Array.from({ length: width === 0 ? count : Math.min(width, count) }, worker))
  return { asked: count, sent, stalls, slowest, failures: failures.counts, milliseconds: performance.now() - start }
}

/** Sends one message on a fresh stream. @throws what opening and sending throw */
export async function sendMessage(
  connection: Connection,
  number: number,
  size: number,
  signal: AbortSignal,
  opened: () => void = () => {},
): Promise<void> {
  const stream = await connection.newStream(MESSAGE_PROTOCOL, { signal, ...UNLIMITED })
  opened()
  try {
    if (!stream.send(messageOf(number, size))) await stream.onDrain({ signal })
    await stream.close({ signal })
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(describe(error)))
    throw error
  }
}

/** Bytes of a message whose pattern has `size` bytes. */
export function messageLength(size: number): number {
  return NUMBER_SIZE + size
}

/** A message: its number and a pattern of `size` bytes. */
export function messageOf(number: number, size: number): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(messageLength(size))
  new DataView(message.buffer).setUint32(0, number)
  message.set(pattern(size), NUMBER_SIZE)
  return message
}

/** @throws RangeError for a message that is cut or changed */
function numberOf(message: Uint8Array): number {
  if (message.byteLength < NUMBER_SIZE) throw new RangeError(`a message of ${message.byteLength} bytes`)
  const expected = pattern(message.byteLength - NUMBER_SIZE)
  const at = expected.findIndex((byte, index) => byte !== message[NUMBER_SIZE + index])
  if (at !== -1) throw new RangeError(`byte ${at} of a message differs`)
  return new DataView(message.buffer, message.byteOffset).getUint32(0)
}

async function readAll(stream: Stream): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of stream) parts.push(part.subarray())
  const whole = new Uint8Array(parts.reduce((length, { byteLength }) => length + byteLength, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}
