import type { Connection, Stream } from '@sluice/engine'
import { type Capsule, CapsuleDecoder, encodeWebTransportHeader } from '@sluice/h3'

/** The first request of a client, which is that for the session. */
const CONNECT_STREAM = 0
/** Type and length of an HTTP/3 frame as short as a capsule of flow control needs it (RFC 9114, 7.1). */
const FRAME_HEADER = 2
const DATA_FRAME = 0

/** Keeps back every WT_MAX_STREAMS, or WT_MAX_DATA, that the session layer above sends on its CONNECT stream. */
export function neverRaisesSession(connection: Connection, raise: 'max-streams' | 'max-data'): void {
  const accept = connection.acceptStream.bind(connection)
  connection.acceptStream = (kind) => {
    const stream = accept(kind)
    if (stream?.id === CONNECT_STREAM) keepBack(stream, raise)
    return stream
  }
}

/** Opens so many streams of the session at once, whatever its limit is. */
export function opensInSession(connection: Connection, streams: number): void {
  for (let opened = 0; opened < streams; opened += 1) {
    connection.openStream('bidi')?.write(encodeWebTransportHeader('bidi', CONNECT_STREAM))
  }
}

function keepBack(stream: Stream, type: Capsule['type']): void {
  const write = stream.write.bind(stream)
  stream.write = (bytes) => (capsuleIn(bytes) === type ? bytes.length : write(bytes))
}

function capsuleIn(bytes: Uint8Array): Capsule['type'] | undefined {
  if (bytes[0] !== DATA_FRAME) return undefined
  const capsules = new CapsuleDecoder()
  capsules.push(bytes.subarray(FRAME_HEADER))
  return capsules.next()?.type
}
