import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LagMeter } from './lag-meter.ts'
import type { Millis } from './types.ts'

/** A timer that was due then and runs now. */
function run(lag: LagMeter, due: Millis, now: Millis): void {
  lag.next(0, due)
  lag.next(now)
}

test('the longest delay of the last second counts, and is forgotten after it', () => {
  const lag = new LagMeter()
  assert.equal(lag.lately(0), 0)
  run(lag, 100, 400)
  run(lag, 500, 510)
  assert.equal(lag.lately(510), 300)
  assert.equal(lag.lately(1_399), 300)
  assert.equal(lag.lately(1_400), 0)
})

test('a timer that runs early is not late', () => {
  const lag = new LagMeter()
  run(lag, 100, 99.5)
  assert.equal(lag.lately(100), 0)
})

test('a timer that is overdue is late before it runs, also where another was later', () => {
  const lag = new LagMeter()
  run(lag, 100, 150)
  lag.next(150, 200)
  assert.deepEqual([lag.lately(199), lag.lately(220), lag.lately(300)], [50, 50, 100])
})

test('nothing is late that nobody waits for', () => {
  const lag = new LagMeter()
  lag.next(5_000)
  assert.equal(lag.lately(5_000), 0)
})
