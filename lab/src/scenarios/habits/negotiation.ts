import { MESSAGE_PROTOCOL } from '../../peers/libp2p/mailbox.ts'

/** What whoever opens a stream for a message says first, by multistream-select. */
export const NEGOTIATION: Uint8Array = Buffer.concat(['/multistream/1.0.0', MESSAGE_PROTOCOL].map(line))

/** A line of multistream-select: its length as a varint, which is one byte here, the text, and a line feed. */
function line(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(`${text}\n`)
  return Uint8Array.of(bytes.length, ...bytes)
}
