import type { Connection } from '@libp2p/interface'
import type { FarewellOptions } from '../commands.ts'
import { MESSAGE_PROTOCOL, messageOf } from './mailbox.ts'

const UNLIMITED = { maxOutboundStreams: Number.POSITIVE_INFINITY }

/**
 * Sends messages on fresh streams and closes the connection behind them without waiting for any: what a page does that
 * is about to go. @throws what opening and closing throw
 */
export async function farewell(
  connection: Connection,
  { count, first, size }: FarewellOptions,
  signal: AbortSignal,
): Promise<void> {
  const open = async () => await connection.newStream(MESSAGE_PROTOCOL, { signal, ...UNLIMITED })
  const streams = await Promise.all(Array.from({ length: count }, open))
  const closing = streams.map((stream, index) => {
    stream.send(messageOf(first + index, size))
    return stream.close({ signal })
  })
  await connection.close({ signal })
  await Promise.allSettled(closing)
}
