import type { Connection } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'
import { ProtocolError } from '../errors.ts'
import { protocolService } from './service.ts'
import { finish, receive, type StreamIoOptions, send } from './stream-io.ts'
import { type RunPlan, type RunResult, runStreams } from './stream-run.ts'

/**
 * Asks the other end to open echo streams towards us: a {@link RunPlan} as JSON and FIN goes there, a
 * {@link RunResult} as JSON and FIN comes back when they all have ended.
 */
export const DEMO_PROTOCOL = '/sluice/demo/1.0.0'

/** Longest request and answer, in bytes. */
const LONGEST = 4096
/** Nothing is on the asking stream while the run lasts: longest wait for its end, in milliseconds. */
const LONGEST_RUN = 600_000
const MOST_STREAMS = 100_000
const MOST_BYTES = 1024 * 1024

/** Opens echo streams on request. One run at a time on a connection: a second request is refused. */
export const demo = () => {
  const busy = new WeakSet<Connection>()
  return protocolService(DEMO_PROTOCOL, async (stream, connection) => {
    const plan = parsePlan(await receiveJson(stream))
    if (busy.has(connection)) throw new ProtocolError('a run is already under way on this connection', { remote: true })
    busy.add(connection)
    const gone = new AbortController()
    stream.addEventListener('close', () => gone.abort(new ProtocolError('the asker has left', { remote: true })))
    try {
      const result = await runStreams(connection, plan, { signal: gone.signal })
      await send(stream, encode(result))
      await finish(stream)
    } finally {
      busy.delete(connection)
    }
  })
}

/**
 * Has the other end open echo streams towards us, and says how that went there.
 *
 * @throws ProtocolError when the answer is not one; what opening, sending and receiving throw
 */
export async function requestStreams(
  connection: Connection,
  plan: RunPlan,
  options: StreamIoOptions = {},
): Promise<RunResult> {
  const stream = await connection.newStream(DEMO_PROTOCOL, options)
  try {
    const answer = receiveJson(stream, { idle: LONGEST_RUN, ...options })
    await Promise.all([answer, send(stream, encode(plan), options), finish(stream, options)])
    return parseResult(await answer)
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error('request failed', { cause: error }))
    throw error
  }
}

function encode(value: RunPlan | RunResult): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

async function receiveJson(stream: Parameters<typeof receive>[0], options: StreamIoOptions = {}): Promise<unknown> {
  const received = new Uint8ArrayList()
  await receive(
    stream,
    (data) => {
      received.append(data)
      if (received.byteLength <= LONGEST) return undefined
      throw new ProtocolError(`a demo message longer than ${LONGEST} bytes`, { remote: true })
    },
    options,
  )
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(received.subarray()))
  } catch (cause) {
    throw new ProtocolError('a demo message that is not JSON', { cause, remote: true })
  }
}

function parsePlan(value: unknown): RunPlan {
  if (isRecord(value)) {
    const { streams, mode, bytes } = value
    const known = mode === 'sequential' || mode === 'concurrent'
    if (known && isCount(streams, MOST_STREAMS) && isCount(bytes, MOST_BYTES)) return { streams, mode, bytes }
  }
  throw new ProtocolError('a demo request needs streams, mode and bytes within bounds', { remote: true })
}

function parseResult(value: unknown): RunResult {
  if (isRecord(value) && isCount(value.done, MOST_STREAMS) && isCount(value.failed, MOST_STREAMS)) {
    const { milliseconds, error = null } = value
    const described = error === null || isRecord(error)
    if (typeof milliseconds === 'number' && described) {
      return {
        ...parsePlan(value),
        done: value.done,
        failed: value.failed,
        milliseconds,
        error: error as RunResult['error'],
      }
    }
  }
  throw new ProtocolError('a demo answer that is not one', { remote: true })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isCount(value: unknown, most: number): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= most
}
