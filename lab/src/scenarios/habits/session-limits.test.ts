import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection, Stream } from '@sluice/engine'
import { encodeData, encodeFlowControlCapsule, type FlowControlCapsule } from '@sluice/h3'
import { neverRaisesSession } from './session-limits.ts'

const STREAMS: FlowControlCapsule = { type: 'max-streams', kind: 'bidi', limit: 64 }
const DATA: FlowControlCapsule = { type: 'max-data', limit: 65_536 }
/** What HEADERS begin with (RFC 9114, 7.2.2). */
const HEADERS = Uint8Array.of(1, 2, 0, 0)

/** The stream of this id as a connection hands it out that never raises a limit of its session. */
function accepted(id: number, raise: 'max-streams' | 'max-data'): { stream: Stream; written: Uint8Array[] } {
  const written: Uint8Array[] = []
  const write = (bytes: Uint8Array): number => written.push(bytes) && bytes.length
  const connection = { acceptStream: () => ({ id, write }) } as unknown as Connection
  neverRaisesSession(connection, raise)
  const stream = connection.acceptStream('bidi')
  assert.ok(stream)
  return { stream, written }
}

for (const raise of ['max-streams', 'max-data'] as const) {
  test(`a higher limit of the session (${raise}) is kept back on the CONNECT stream, and nothing else is`, () => {
    const kept = encode(raise === 'max-streams' ? STREAMS : DATA)
    const others = [HEADERS, encode(raise === 'max-streams' ? DATA : STREAMS)]
    const { stream, written } = accepted(0, raise)
    for (const bytes of [kept, ...others]) assert.equal(stream.write(bytes), bytes.length)
    assert.deepEqual(written, others)
  })

  test(`what looks like one (${raise}) on another stream is that stream’s own`, () => {
    const { stream, written } = accepted(4, raise)
    stream.write(encode(STREAMS))
    stream.write(encode(DATA))
    assert.equal(written.length, 2)
  })
}

const encode = (capsule: FlowControlCapsule): Uint8Array => encodeData(encodeFlowControlCapsule(capsule))
