import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { concat } from './bytes.ts'
import { encodeData, encodeFrame, encodeGoaway, encodeHeaders, FrameType } from './frames.ts'
import { RequestStreamDecoder, type RequestStreamEvent } from './request-stream.ts'
import { CAPTURED } from './testing/captures.ts'
import { cut, cuts, decodeAll, hex, mutated, throwsH3, unhex } from './testing/support.ts'

const section = unhex('0000d1')
const HEADERS = encodeHeaders(section)
const DATA = encodeData(unhex('010203'))
const RESERVED_FRAME = encodeFrame(0x1f * 5 + 0x21, unhex('aabbcc'))
const LARGEST_RESERVED_TYPE = ((1n << 62n) - 1n - 0x21n) / 0x1fn
const LARGEST_RESERVED_FRAME = encodeFrame(0x1fn * LARGEST_RESERVED_TYPE + 0x21n, unhex('dd'))

/** Events with neighbouring pieces of DATA put together, since where they are cut is nobody's promise. */
function decode(reading: 'request' | 'response', chunks: readonly Uint8Array[]): { events: string[]; error?: string } {
  const { events, error } = decodeAll<RequestStreamEvent>(new RequestStreamDecoder({ reading }), chunks)
  const merged: string[] = []
  for (const event of events) {
    if (event.type !== 'data') merged.push(`${event.type} ${hex(event.fieldSection)}`)
    else if (merged.at(-1)?.startsWith('data')) merged.push(`${merged.pop()}${hex(event.payload)}`)
    else merged.push(`data ${hex(event.payload)}`)
  }
  return error === undefined ? { events: merged } : { events: merged, error }
}

test('reads HEADERS, DATA and trailers, passing over what it does not know', () => {
  const frames = [
    RESERVED_FRAME,
    HEADERS,
    LARGEST_RESERVED_FRAME,
    DATA,
    RESERVED_FRAME,
    encodeData(unhex('')),
    DATA,
    HEADERS,
  ]
  assert.deepEqual(decode('request', frames), {
    events: ['headers 0000d1', 'data 010203010203', 'trailers 0000d1'],
  })
})

test('reads interim responses before the final one', () => {
  assert.deepEqual(decode('response', [HEADERS, HEADERS, DATA, HEADERS]), {
    events: ['headers 0000d1', 'headers 0000d1', 'data 010203', 'trailers 0000d1'],
  })
})

test('reads what browsers sent: HEADERS, and from Chromium DATA with a capsule', () => {
  const chromium = decode('request', [unhex(CAPTURED.chromium.connect), unhex(CAPTURED.chromium.close)])
  assert.equal(chromium.events.length, 2)
  assert.match(chromium.events[1] ?? '', /68430400000000$/)
  assert.equal(decode('request', [unhex(CAPTURED.firefox.connect)]).events.length, 1)
})

const REFUSED: readonly (readonly [
  what: string,
  reading: 'request' | 'response',
  frames: Uint8Array[],
  code: string,
])[] = [
  ['DATA first', 'request', [DATA], 'H3_FRAME_UNEXPECTED'],
  ['a third field section', 'request', [HEADERS, HEADERS, HEADERS], 'H3_FRAME_UNEXPECTED'],
  ['DATA behind trailers', 'request', [HEADERS, HEADERS, DATA], 'H3_FRAME_UNEXPECTED'],
  ['SETTINGS', 'request', [HEADERS, encodeFrame(FrameType.SETTINGS, unhex(''))], 'H3_FRAME_UNEXPECTED'],
  ['GOAWAY', 'request', [HEADERS, encodeGoaway(0)], 'H3_FRAME_UNEXPECTED'],
  ['MAX_PUSH_ID', 'request', [encodeFrame(FrameType.MAX_PUSH_ID, unhex('00'))], 'H3_FRAME_UNEXPECTED'],
  ['PUSH_PROMISE from a client', 'request', [encodeFrame(FrameType.PUSH_PROMISE, unhex('00'))], 'H3_FRAME_UNEXPECTED'],
  ['PUSH_PROMISE from a server', 'response', [encodeFrame(FrameType.PUSH_PROMISE, unhex('00'))], 'H3_ID_ERROR'],
  ['a type of HTTP/2', 'request', [HEADERS, encodeFrame(0x09, unhex(''))], 'H3_FRAME_UNEXPECTED'],
  ['the WebTransport signal behind HEADERS', 'request', [HEADERS, unhex('404100')], 'H3_FRAME_ERROR'],
  ['a FIN inside a type', 'request', [HEADERS, unhex('40')], 'H3_FRAME_ERROR'],
  ['a FIN inside a length', 'request', [HEADERS, unhex('00')], 'H3_FRAME_ERROR'],
  ['a FIN inside HEADERS', 'request', [unhex('010300')], 'H3_FRAME_ERROR'],
  ['a FIN inside DATA', 'request', [HEADERS, unhex('000301')], 'H3_FRAME_ERROR'],
  ['a FIN inside a reserved frame', 'request', [HEADERS, unhex('210301')], 'H3_FRAME_ERROR'],
  ['a FIN before a request', 'request', [RESERVED_FRAME], 'H3_REQUEST_INCOMPLETE'],
  ['a FIN before a response', 'response', [], 'H3_MESSAGE_ERROR'],
]

for (const [what, reading, frames, code] of REFUSED) {
  test(`answers ${what} with ${code}`, () => {
    assert.equal(decode(reading, frames).error, `ERR_${code}`)
  })
}

test('refuses a field section of 10 MiB by its length, before it comes', () => {
  const decoder = new RequestStreamDecoder({ reading: 'request' })
  decoder.push(unhex('0180a00000'))
  throwsH3('stream', 'H3_EXCESSIVE_LOAD', () => decoder.next())
})

test('passes over a frame of 2^62 - 1 bytes without holding it', () => {
  const decoder = new RequestStreamDecoder({ reading: 'request' })
  decoder.push(unhex('21ffffffffffffffff'))
  const chunk = new Uint8Array(65_536)
  for (let i = 0; i < 1000; i++) {
    decoder.push(chunk)
    assert.equal(decoder.next(), undefined)
  }
})

const seeds = [HEADERS, DATA, RESERVED_FRAME, LARGEST_RESERVED_FRAME, unhex(CAPTURED.chromium.connect), encodeGoaway(4)]

test('makes the same of any bytes however they are cut, and throws nothing but typed errors', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('request' as const, 'response' as const),
      mutated(seeds),
      cuts,
      (reading, bytes, places) => {
        assert.deepEqual(decode(reading, cut(bytes, places)), decode(reading, [bytes]))
        assert.deepEqual(
          decode(
            reading,
            [...bytes].map((byte) => Uint8Array.of(byte)),
          ),
          decode(reading, [bytes]),
        )
      },
    ),
    { numRuns: 300 },
  )
})

test('reads back the frames that were written', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      cuts,
      (head, body, places) => {
        const bytes = concat(encodeHeaders(head), encodeData(body))
        assert.deepEqual(decode('request', cut(bytes, places)), {
          events: [`headers ${hex(head)}`, `data ${hex(body)}`],
        })
      },
    ),
  )
})
