import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection, Stream } from '@sluice/engine'
import { encodeData, encodeFlowControlCapsule, type FlowControlCapsule } from '@sluice/h3'
import { neverRaisesSession } from './session-limits.ts'

const MORE: FlowControlCapsule = { type: 'max-streams', kind: 'bidi', limit: 64 }
const DATA: FlowControlCapsule = { type: 'max-data', limit: 65_536 }
/** What HEADERS begin with (RFC 9114, 7.2.2). */
const HEADERS = Uint8Array.of(1, 2, 0, 0)

/** The stream of this id as a connection hands it out that never raises the limit of its session. */
function accepted(id: number): { stream: Stream; written: Uint8Array[] } {
  const written: Uint8Array[] = []
  const write = (bytes: Uint8Array): number => written.push(bytes) && bytes.length
  const connection = { acceptStream: () => ({ id, write }) } as unknown as Connection
  neverRaisesSession(connection)
  const stream = connection.acceptStream('bidi')
  assert.ok(stream)
  return { stream, written }
}

test('a higher limit of the session is kept back on the CONNECT stream, and nothing else is', () => {
  const frames = [HEADERS, ...[MORE, DATA].map((capsule) => encodeData(encodeFlowControlCapsule(capsule)))]
  const { stream, written } = accepted(0)
  for (const bytes of frames) assert.equal(stream.write(bytes), bytes.length)
  assert.deepEqual(written, [frames[0], frames[2]])
})

test('what looks like one on another stream is that stream’s own', () => {
  const { stream, written } = accepted(4)
  stream.write(encodeData(encodeFlowControlCapsule(MORE)))
  assert.equal(written.length, 1)
})
