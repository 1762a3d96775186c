import assert from 'node:assert/strict'
import test from 'node:test'
import { duration, figure } from './numbers.ts'

const figures: [number, string][] = [
  [0, '0'],
  [0.01234, '0.0123'],
  [1.234, '1.23'],
  [45.67, '45.7'],
  [789.4, '789'],
  [999.6, '1 000'],
  [12345, '12 300'],
  [1234567, '1 230 000'],
  [Number.POSITIVE_INFINITY, '-'],
]
for (const [value, text] of figures) {
  test(`${value} is shown as ${text}`, () => {
    assert.equal(figure(value), text)
  })
}

const durations: [number, string][] = [
  [2, '2.00 s'],
  [0.0123, '12.3 ms'],
  [0.0000456, '45.6 us'],
  [0.000000789, '789 ns'],
]
for (const [seconds, text] of durations) {
  test(`${seconds} s of processor time is shown as ${text}`, () => {
    assert.equal(duration(seconds), text)
  })
}
