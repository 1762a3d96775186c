import type { Connection } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'
import { EchoMismatchError } from '../errors.ts'
import { protocolService } from './service.ts'
import { finish, receive, type StreamIoOptions, send } from './stream-io.ts'

export const ECHO_PROTOCOL = '/echo/1.0.0'

/** Sends back every byte it gets, and its FIN after theirs. */
export const echo = () =>
  protocolService(ECHO_PROTOCOL, async (stream) => {
    await receive(stream, (data) => send(stream, data))
    await finish(stream)
  })

/** Size of the pieces in which a payload is handed to a stream. */
const PIECE = 64 * 1024

/**
 * Sends `payload` on a new echo stream and gives back what returned, every byte of it.
 *
 * @throws EchoMismatchError when more or fewer bytes return; what opening, sending and receiving throw
 */
export async function echoOnce(
  connection: Connection,
  payload: Uint8Array,
  options: StreamIoOptions = {},
): Promise<Uint8Array> {
  const stream = await connection.newStream(ECHO_PROTOCOL, options)
  try {
    const returned = new Uint8ArrayList()
    const received = receive(
      stream,
      (data) => {
        returned.append(data)
        return undefined
      },
      options,
    )
    await Promise.all([received, sendAll()])
    if (returned.byteLength !== payload.byteLength) {
      throw new EchoMismatchError(`sent ${payload.byteLength} bytes, ${returned.byteLength} came back`, {
        remote: true,
      })
    }
    return returned.subarray()
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error('echo failed', { cause: error }))
    throw error
  }

  async function sendAll(): Promise<void> {
    for (let offset = 0; offset < payload.byteLength; offset += PIECE) {
      await send(stream, payload.subarray(offset, offset + PIECE), options)
    }
    await finish(stream, options)
  }
}
