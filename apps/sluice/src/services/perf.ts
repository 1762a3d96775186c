import type { Connection, Stream } from '@libp2p/interface'
import type { Millis } from '@sluice/credit'
import { Uint8ArrayList } from 'uint8arraylist'
import { ProtocolError } from '../errors.ts'
import { protocolService } from './service.ts'
import { finish, receive, type StreamIoOptions, send } from './stream-io.ts'

export const PERF_PROTOCOL = '/perf/1.0.0'

/** Bytes of the first field: how many the client wants back, big-endian. */
const HEADER = 8

const PIECE = new Uint8Array(64 * 1024)

/**
 * The server of libp2p's perf protocol: the client sends 8 bytes that say how many bytes it wants back, uploads as
 * much as it likes and half-closes; then it gets what it asked for.
 */
export const perf = () =>
  protocolService(PERF_PROTOCOL, async (stream) => {
    const header = new Uint8ArrayList()
    await receive(stream, (data) => {
      if (header.byteLength < HEADER) header.append(data)
      return undefined
    })
    if (header.byteLength < HEADER) {
      throw new ProtocolError(`a perf request has ${HEADER} bytes or more, not ${header.byteLength}`, { remote: true })
    }
    const wanted = new DataView(header.subarray(0, HEADER).slice().buffer).getBigUint64(0)
    if (wanted > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new ProtocolError(`a perf request for ${wanted} bytes`, { remote: true })
    }
    await sendZeros(stream, Number(wanted))
    await finish(stream)
  })

export interface PerfRequest extends StreamIoOptions {
  /** Bytes that go up before the half-close. */
  readonly upload: number
  /** Bytes that are asked for. */
  readonly download: number
}

/** From the opening of the stream to the last byte of the answer. */
export interface PerfResult {
  readonly upload: number
  readonly download: number
  readonly milliseconds: Millis
}

/**
 * Runs one perf exchange as the client.
 *
 * @throws ProtocolError when the answer has another length; what opening, sending and receiving throw
 */
export async function measurePerf(connection: Connection, request: PerfRequest): Promise<PerfResult> {
  const { upload, download } = request
  const begin = performance.now()
  const stream = await connection.newStream(PERF_PROTOCOL, request)
  try {
    let returned = 0
    const received = receive(
      stream,
      (data) => {
        returned += data.byteLength
        return undefined
      },
      request,
    )
    await Promise.all([received, ask()])
    if (returned !== download) {
      throw new ProtocolError(`asked for ${download} bytes of perf, got ${returned}`, { remote: true })
    }
    return { upload, download, milliseconds: performance.now() - begin }
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error('perf failed', { cause: error }))
    throw error
  }

  async function ask(): Promise<void> {
    const header = new Uint8Array(HEADER)
    new DataView(header.buffer).setBigUint64(0, BigInt(download))
    await send(stream, header, request)
    await sendZeros(stream, upload, request)
    await finish(stream, request)
  }
}

async function sendZeros(stream: Stream, bytes: number, options: StreamIoOptions = {}): Promise<void> {
  for (let left = bytes; left > 0; left -= PIECE.byteLength) {
    const pending = send(stream, PIECE.subarray(0, left), options)
    if (pending !== undefined) await pending
  }
}
