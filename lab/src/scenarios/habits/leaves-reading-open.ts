import type { Stream } from '@libp2p/interface'
import type { SessionStream } from '@sluice/webtransport'
import { messageLength } from '../../peers/libp2p/mailbox.ts'
import { MESSAGE_SIZE } from '../patterns/messages.ts'
import { type Habit, nothingToEnd } from './habit.ts'
import { NEGOTIATION } from './negotiation.ts'
import { takesStreams } from './takes-streams.ts'

const LENGTH = messageLength(MESSAGE_SIZE)

/** Reads as many bytes as a message has, finishes its own half, and never reads the end behind them. */
export const leavesReadingOpen: Habit = {
  onSession: (session) => {
    takesStreams(session, (properly) => (stream) => {
      readAtMost(stream, NEGOTIATION.length + LENGTH)
      properly(stream)
    })
    return nothingToEnd
  },
  onMessage: { read: readMessage, end: (stream) => stream.close() },
}

/** Our own stack would read ahead of its application, up to the end. */
function readAtMost(stream: SessionStream, bytes: number): void {
  const read = stream.read.bind(stream)
  let left = bytes
  stream.read = (max = left) => {
    if (left === 0) return undefined
    const chunk = read(Math.min(max, left))
    left -= chunk?.length ?? 0
    return chunk
  }
}

async function readMessage(stream: Stream): Promise<Uint8Array> {
  const message = new Uint8Array(LENGTH)
  let at = 0
  for await (const part of stream) {
    message.set(part.subarray(), at)
    at += part.byteLength
    if (at === LENGTH) break
  }
  return message
}
