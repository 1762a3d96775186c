import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { concat } from './bytes.ts'
import { ControlStreamDecoder, type ControlStreamEvent } from './control-stream.ts'
import { encodeFrame, encodeGoaway, FrameType, MAX_GOAWAY_ID } from './frames.ts'
import { encodeSettingsFrame } from './settings.ts'
import { CAPTURED } from './testing/captures.ts'
import { cut, cuts, decodeAll, mutated, throwsH3, unhex } from './testing/support.ts'

const SETTINGS = encodeSettingsFrame([[0x33, 1]])
const RESERVED_FRAME = encodeFrame(0x21, unhex('aabb'))
const MAX_PUSH_ID = encodeFrame(FrameType.MAX_PUSH_ID, unhex('05'))
const PRIORITY_UPDATE = encodeFrame(FrameType.PRIORITY_UPDATE_REQUEST, unhex('00753d31'))

type Side = 'client' | 'server'

function decode(
  side: Side,
  chunks: readonly Uint8Array[],
): { events: ControlStreamEvent[]; error: string | undefined } {
  return decodeAll(new ControlStreamDecoder(side), chunks)
}

/** Events and error while the stream stays open. */
function decodeOpen(side: Side, ...frames: Uint8Array[]): ControlStreamEvent[] {
  const decoder = new ControlStreamDecoder(side)
  decoder.push(concat(...frames))
  const events: ControlStreamEvent[] = []
  for (let event = decoder.next(); event !== undefined; event = decoder.next()) events.push(event)
  return events
}

test('reads SETTINGS, then tolerates what a client may say', () => {
  const cancelPush = encodeFrame(FrameType.CANCEL_PUSH, unhex('00'))
  const frames = [SETTINGS, RESERVED_FRAME, MAX_PUSH_ID, cancelPush, PRIORITY_UPDATE, encodeGoaway(3), MAX_PUSH_ID]
  const events = decodeOpen('server', ...frames)
  assert.deepEqual(events, [
    { type: 'settings', settings: new Map([[0x33, 1]]) },
    { type: 'goaway', id: 3 },
  ])
})

test('reads a graceful shutdown: the largest id, then the real one, perhaps again', () => {
  const events = decodeOpen('client', SETTINGS, encodeGoaway(MAX_GOAWAY_ID), encodeGoaway(8), encodeGoaway(8))
  assert.deepEqual(events.slice(1), [
    { type: 'goaway', id: 2 ** 62 },
    { type: 'goaway', id: 8 },
    { type: 'goaway', id: 8 },
  ])
})

test('reads the control streams of real peers, whole and byte by byte', () => {
  for (const control of [CAPTURED.chromium.control, CAPTURED.firefox.control, CAPTURED.moq.control]) {
    const bytes = unhex(control).subarray(1)
    const decoder = new ControlStreamDecoder('server')
    const events = [...bytes].flatMap((byte) => {
      decoder.push(Uint8Array.of(byte))
      return decoder.next() ?? []
    })
    assert.deepEqual(events, decodeOpen('server', bytes.slice()))
    assert.equal(events.length, 1)
  }
})

const REFUSED: readonly (readonly [what: string, side: Side, frames: Uint8Array[], code: string])[] = [
  ['GOAWAY before SETTINGS', 'server', [encodeGoaway(0)], 'H3_MISSING_SETTINGS'],
  ['a reserved frame before SETTINGS', 'server', [RESERVED_FRAME, SETTINGS], 'H3_MISSING_SETTINGS'],
  ['SETTINGS twice', 'server', [SETTINGS, SETTINGS], 'H3_FRAME_UNEXPECTED'],
  ['DATA', 'server', [SETTINGS, encodeFrame(FrameType.DATA, unhex('00'))], 'H3_FRAME_UNEXPECTED'],
  ['HEADERS', 'server', [SETTINGS, encodeFrame(FrameType.HEADERS, unhex('00'))], 'H3_FRAME_UNEXPECTED'],
  ['PUSH_PROMISE', 'client', [SETTINGS, encodeFrame(FrameType.PUSH_PROMISE, unhex('00'))], 'H3_FRAME_UNEXPECTED'],
  ['a type of HTTP/2', 'server', [SETTINGS, encodeFrame(0x06, unhex(''))], 'H3_FRAME_UNEXPECTED'],
  ['MAX_PUSH_ID from a server', 'client', [SETTINGS, MAX_PUSH_ID], 'H3_FRAME_UNEXPECTED'],
  ['PRIORITY_UPDATE from a server', 'client', [SETTINGS, PRIORITY_UPDATE], 'H3_FRAME_UNEXPECTED'],
  ['the WebTransport signal', 'server', [SETTINGS, unhex('404100')], 'H3_FRAME_ERROR'],
  ['an empty GOAWAY', 'client', [SETTINGS, unhex('0700')], 'H3_FRAME_ERROR'],
  ['a GOAWAY with a byte too many', 'client', [SETTINGS, unhex('07020000')], 'H3_FRAME_ERROR'],
  ['a GOAWAY of nine bytes', 'client', [SETTINGS, unhex('0709')], 'H3_FRAME_ERROR'],
  ['a GOAWAY that grows', 'client', [SETTINGS, encodeGoaway(4), encodeGoaway(8)], 'H3_ID_ERROR'],
  ['a GOAWAY for a server-initiated stream', 'client', [SETTINGS, encodeGoaway(5)], 'H3_ID_ERROR'],
  ['a huge GOAWAY for a uni stream', 'client', [SETTINGS, encodeGoaway(MAX_GOAWAY_ID + 2n)], 'H3_ID_ERROR'],
  ['a MAX_PUSH_ID that shrinks', 'server', [SETTINGS, MAX_PUSH_ID, unhex('0d0104')], 'H3_ID_ERROR'],
  ['SETTINGS above 8 KiB', 'server', [unhex('0480002001')], 'H3_EXCESSIVE_LOAD'],
  ['SETTINGS with a setting twice', 'server', [unhex('040433013301')], 'H3_SETTINGS_ERROR'],
  ['its end', 'server', [SETTINGS], 'H3_CLOSED_CRITICAL_STREAM'],
  ['its end before SETTINGS', 'server', [], 'H3_CLOSED_CRITICAL_STREAM'],
]

for (const [what, side, frames, code] of REFUSED) {
  test(`answers ${what} with ${code}`, () => {
    assert.equal(decode(side, frames).error, `ERR_${code}`)
  })
}

test('raises connection errors', () => {
  const decoder = new ControlStreamDecoder('server')
  decoder.push(RESERVED_FRAME)
  throwsH3('connection', 'H3_MISSING_SETTINGS', () => decoder.next())
})

test('makes the same of any bytes however they are cut, and throws nothing but typed errors', () => {
  const seeds = [SETTINGS, RESERVED_FRAME, MAX_PUSH_ID, PRIORITY_UPDATE, encodeGoaway(8), encodeGoaway(4)]
  fc.assert(
    fc.property(fc.constantFrom<Side>('client', 'server'), mutated(seeds), cuts, (side, noise, places) => {
      const bytes = concat(SETTINGS, noise)
      assert.deepEqual(decode(side, cut(bytes, places)), decode(side, [bytes]))
    }),
    { numRuns: 300 },
  )
})
