import type { Connection, Stream } from '@libp2p/interface'
import { ECHO_PROTOCOL } from '@sluice/cli'
import type { TendingName, TendOptions, TendResult } from '../peers/commands.ts'
import { Tally } from '../peers/libp2p/tally.ts'
import { pattern } from '../peers/pattern.ts'
import { after, EchoReader } from './echo-reader.ts'

const UNLIMITED = { maxOutboundStreams: Number.POSITIVE_INFINITY }

/** Between two exchanges of an idle stream, in milliseconds: well within the 30 s after which our echo gives a stream up. */
const IDLE = 10_000
/** A slow reader leaves each part that it gets alone for so long, in milliseconds. */
const SLOWLY = 50

interface Means {
  readonly stream: Stream
  readonly reader: EchoReader
  readonly message: Uint8Array
  readonly signal: AbortSignal
  /** Since the streams of a command are alike, what they do differently goes by their number. */
  readonly number: number
}

/** What a healthy application does with a stream besides a plain exchange. The other end echoes. */
const tendings = {
  /** Says something, and nothing for a long time, again and again. */
  idles: async ({ stream, reader, message, signal }: Means, hold: number) => {
    for (let left = hold; left > 0; left -= IDLE) {
      await sendAll(stream, message, signal)
      await reader.atLeast(message.byteLength, signal)
      await after(Math.min(left, IDLE), signal)
    }
    await Promise.all([stream.close({ signal }), reader.end(signal)])
  },
  /** Reads to the end, in small steps. */
  'reads slowly': async ({ stream, reader, message, signal }: Means) => {
    reader.pauseAfterEach(SLOWLY)
    const sending = async (): Promise<void> => {
      await sendAll(stream, message, signal)
      await stream.close({ signal })
    }
    await Promise.all([sending(), reader.end(signal)])
    await reader.atLeast(message.byteLength, signal)
  },
  /** Changes its mind: before anything is sent, behind what was sent, or in the middle of the answer. */
  aborts: async ({ stream, reader, message, signal, number }: Means) => {
    if (number % 3 > 0) await sendAll(stream, message, signal)
    if (number % 3 > 1) await reader.atLeast(1, signal)
    stream.abort(new Error('it changed its mind'))
  },
} as const satisfies Record<TendingName, (means: Means, hold: number) => Promise<void>>

/** Opens streams at the echo of the other end, all at once, and treats each in this way. */
export async function tend(
  connection: Connection,
  { way, count, size, hold }: TendOptions,
  signal: AbortSignal,
): Promise<TendResult> {
  const failures = new Tally()
  const message = pattern(size)
  let done = 0
  const one = async (number: number): Promise<void> => {
    let stream: Stream | undefined
    try {
      stream = await connection.newStream(ECHO_PROTOCOL, { signal, ...UNLIMITED })
      await tendings[way]({ stream, reader: new EchoReader(stream), message, signal, number }, hold)
      done += 1
    } catch (error) {
      failures.add(error)
      stream?.abort(error instanceof Error ? error : new Error(String(error)))
    }
  }
  await Promise.all(Array.from({ length: count }, (_, number) => one(number)))
  return { asked: count, done, failures: failures.counts }
}

async function sendAll(stream: Stream, message: Uint8Array, signal: AbortSignal): Promise<void> {
  if (!stream.send(message)) await stream.onDrain({ signal })
}
