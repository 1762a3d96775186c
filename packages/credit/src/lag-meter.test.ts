import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LagMeter } from './lag-meter.ts'

test('the longest delay of the last second counts, and is forgotten after it', () => {
  const lag = new LagMeter()
  assert.equal(lag.lately(0), 0)
  lag.ran(100, 400)
  lag.ran(500, 510)
  assert.equal(lag.lately(510), 300)
  assert.equal(lag.lately(1_399), 300)
  assert.equal(lag.lately(1_400), 0)
})

test('a timer that runs early is not late', () => {
  const lag = new LagMeter()
  lag.ran(100, 99.5)
  assert.equal(lag.lately(100), 0)
})
