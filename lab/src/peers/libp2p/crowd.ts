import type { Connection, Stream } from '@libp2p/interface'
import type { Libp2p } from 'libp2p'
import { PeerGoneError } from '../../errors.ts'
import type { CrowdOptions, CrowdResult } from '../commands.ts'
import { describe, Tally } from './tally.ts'

const CROWD_PROTOCOL = '/lab/crowd/1.0.0'

const UNLIMITED = { maxInboundStreams: Number.POSITIVE_INFINITY, maxOutboundStreams: Number.POSITIVE_INFINITY }

/** Answers each question after so many milliseconds; until then both halves of its stream are open. */
export async function answerCrowd(libp2p: Pick<Libp2p, 'handle'>, after: number): Promise<void> {
  const answer = async (stream: Stream): Promise<void> => {
    await heard(stream)
    await new Promise((resolve) => setTimeout(resolve, after))
    stream.send(new Uint8Array(1))
    await stream.close()
  }
  const handler = async (stream: Stream): Promise<void> => await answer(stream).catch((error) => giveUp(stream, error))
  await libp2p.handle(CROWD_PROTOCOL, handler, UNLIMITED)
}

/** Opens all streams at once, asks on each, and closes it when the answer is there. */
export async function crowd(
  connection: Connection,
  { count }: CrowdOptions,
  signal: AbortSignal,
): Promise<CrowdResult> {
  const failures = new Tally()
  const began = Date.now()
  let answered = 0
  const ask = async (): Promise<void> => {
    const stream = await connection.newStream(CROWD_PROTOCOL, { signal, ...UNLIMITED })
    stream.send(new Uint8Array(1))
    await heard(stream).catch((error) => giveUp(stream, error))
    answered += 1
    await stream.close({ signal })
  }
  await Promise.all(Array.from({ length: count }, () => ask().catch((error: unknown) => failures.add(error))))
  return { answered, failures: failures.counts, began }
}

/** Waits for bytes. @throws PeerGoneError the stream ended before */
async function heard(stream: Stream): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  stream.addEventListener('message', () => resolve(), { once: true })
  stream.addEventListener('close', ({ error }) => reject(new PeerGoneError('no answer', { cause: error })), {
    once: true,
  })
  await promise
}

function giveUp(stream: Stream, error: unknown): never {
  stream.abort(error instanceof Error ? error : new Error(describe(error)))
  throw error
}
