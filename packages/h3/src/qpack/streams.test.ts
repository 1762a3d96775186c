import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { throwsH3, unhex } from '../testing/support.ts'
import { encodeInteger } from './integer.ts'
import { checkQpackEncoderStream, QpackDecoderStreamChecker } from './streams.ts'

test('lets an encoder set the capacity 0 and nothing else', () => {
  assert.doesNotThrow(() => checkQpackEncoderStream(unhex('')))
  assert.doesNotThrow(() => checkQpackEncoderStream(unhex('2020')))
  const refused = {
    'a capacity of 1': '21',
    'a capacity of 220': '3fbd01',
    'an insertion with a static name': 'c00f7777772e6578616d706c652e636f6d',
    'an insertion with a literal name': '4a637573746f6d2d6b65790c637573746f6d2d76616c7565',
    'a duplicate': '02',
    'an insertion behind an allowed instruction': '20c000',
  }
  for (const bytes of Object.values(refused)) {
    throwsH3('connection', 'QPACK_ENCODER_STREAM_ERROR', () => checkQpackEncoderStream(unhex(bytes)))
  }
})

test('lets a decoder cancel streams, however the instructions are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), (streams) => {
      const checker = new QpackDecoderStreamChecker()
      for (const byte of streams.flatMap((id) => encodeInteger(0x40, 6, id))) checker.push(Uint8Array.of(byte))
      new QpackDecoderStreamChecker().push(Uint8Array.from(streams.flatMap((id) => encodeInteger(0x40, 6, id))))
    }),
  )
  assert.doesNotThrow(() => new QpackDecoderStreamChecker().push(unhex('7fbcffffffffffffff3f40')))
})

test('lets a decoder acknowledge nothing', () => {
  const refused = {
    'a section acknowledgment': '84',
    'an insert count increment': '01',
    'an increment of 0': '00',
    'a stream id without end': '7fffffffffffffffffffff',
    'an acknowledgment behind a cancellation': '4080',
  }
  for (const bytes of Object.values(refused)) {
    throwsH3('connection', 'QPACK_DECODER_STREAM_ERROR', () => new QpackDecoderStreamChecker().push(unhex(bytes)))
  }
})
