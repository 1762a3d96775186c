import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ErrorCode, errorCodeName, toAppCode, toHttpCode } from './codes.ts'
import { H3ConnectionError, H3StreamError } from './errors.ts'

const VECTORS: readonly (readonly [app: number, http: number])[] = [
  [0, 0x52e4a40fa8db],
  [29, 0x52e4a40fa8f8],
  [30, 0x52e4a40fa8fa],
  [52, 0x52e4a40fa910],
  // Seen from Chromium and Firefox
  [88, 91_141_958_510_901],
  [95, 0x52e4a40fa93d],
  [134, 0x52e4a40fa965],
  [139, 0x52e4a40fa96a],
  [255, 0x52e4a40fa9e2],
  [256, 0x52e4a40fa9e3],
  [0xffff_ffff, 0x52e5ac983162],
]

test('maps application codes as the draft does, both ways', () => {
  for (const [app, http] of VECTORS) {
    assert.equal(toHttpCode(app), http)
    assert.equal(toAppCode(http), app)
  }
})

test('brings every application code back and never uses a reserved point', () => {
  fc.assert(
    fc.property(fc.nat({ max: 0xffff_ffff }), (app) => {
      const http = toHttpCode(app)
      assert.equal(toAppCode(http), app)
      assert.notEqual((http - 0x21) % 0x1f, 0)
    }),
  )
})

test('finds no application code outside the range, at a reserved point or in what is no code', () => {
  for (const http of [0, 0x10c, 0x170d7b68, 0x52e4a40fa8da, 0x52e5ac983163, 0x52e4a40fa8f9, 2 ** 62, Number.NaN]) {
    assert.equal(toAppCode(http), undefined)
  }
})

test('refuses an application code that has not 32 bits', () => {
  for (const app of [-1, 0.5, 2 ** 32, Number.NaN]) assert.throws(() => toHttpCode(app), RangeError)
})

test('names codes, and has a stable error code for each', () => {
  assert.equal(errorCodeName(0x10a), 'H3_MISSING_SETTINGS')
  assert.equal(errorCodeName(0x1f * 7 + 0x21), undefined)
  const error = new H3ConnectionError(ErrorCode.QPACK_DECOMPRESSION_FAILED, 'why')
  assert.deepEqual(
    [error.code, error.httpCode, error.name],
    ['ERR_QPACK_DECOMPRESSION_FAILED', 0x200, 'H3ConnectionError'],
  )
  assert.equal(new H3StreamError(ErrorCode.H3_MESSAGE_ERROR, 'why').code, 'ERR_H3_MESSAGE_ERROR')
})
