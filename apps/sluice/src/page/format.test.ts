import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bytes, duration, number, perSecond } from './format.ts'

describe('format', () => {
  for (const [value, text] of [
    [0, '0 B'],
    [100, '100 B'],
    [1024, '1 KiB'],
    [1536, '1.50 KiB'],
    [33_554_432, '32 MiB'],
    [2 ** 42, '4,096 GiB'],
  ] as const) {
    it(`writes ${value} bytes as ${text}`, () => assert.equal(bytes(value), text))
  }

  for (const [value, text] of [
    [0.424, '0.42 ms'],
    [12.34, '12.3 ms'],
    [999, '999 ms'],
    [1500, '1.50 s'],
  ] as const) {
    it(`writes ${value} milliseconds as ${text}`, () => assert.equal(duration(value), text))
  }

  it('puts the thousands of a large number apart', () => assert.equal(number(52_300.4), '52,300'))

  it('knows no rate for something that took no time', () => {
    assert.equal(perSecond(10, 0), 0)
    assert.equal(perSecond(10, 500), 20)
  })
})
