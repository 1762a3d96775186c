import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DialThrottle } from './dial-throttle.ts'

function throttle() {
  const clock = { now: 0 }
  const dials = new DialThrottle(() => clock.now)
  /** A dial that fails as soon as the browser can have begun it. */
  const fail = (): void => {
    const dial = dials.begin()
    clock.now += dial.hold.most
    dial.failed(false)
  }
  return { clock, dials, fail }
}

test('the first dial is not held back, and one that succeeded does not hold the next one back', () => {
  const { dials } = throttle()
  const first = dials.begin()
  assert.deepEqual(first.hold, { failed: 0, pending: 0, least: 0, most: 0 })
  first.succeeded()
  assert.equal(dials.begin().hold.most, 0)
})

test('each dial that failed doubles the time, up to a minute and a half', () => {
  const { dials, fail } = throttle()
  const holds: [number, number][] = []
  for (let failed = 0; failed <= 14; failed += 1) {
    const dial = dials.begin()
    holds.push([dial.hold.least, dial.hold.most])
    dial.succeeded()
    fail()
  }
  assert.deepEqual(holds[1]?.[0], 5)
  assert.deepEqual(holds[9]?.[0], 1_280)
  assert.deepEqual(holds[14], [30_000, 90_000])
})

test('a failure is forgotten after five minutes', () => {
  const { clock, dials, fail } = throttle()
  for (let failed = 0; failed < 5; failed += 1) fail()
  assert.equal(dials.begin().hold.failed, 5)
  clock.now += 300_000
  assert.equal(dials.begin().hold.failed, 0)
})

test('a dial that was given up before the browser can have begun it was held back, and counts for nothing', () => {
  const { clock, dials, fail } = throttle()
  for (let failed = 0; failed < 10; failed += 1) fail()
  const dial = dials.begin()
  clock.now += dial.hold.least - 1
  assert.equal(dial.failed(true), true)
  assert.equal(dials.begin().hold.failed, 10)
})

test('a dial that was given up after the most that the browser takes was not held back, and counts', () => {
  const { clock, dials, fail } = throttle()
  for (let failed = 0; failed < 8; failed += 1) fail()
  const dial = dials.begin()
  clock.now += dial.hold.most
  assert.equal(dial.failed(true), false)
  assert.equal(dials.begin().hold.failed, 9)
})

test('the sixty-fifth dial at once is refused, which counts for nothing; one of the others that ends makes room', () => {
  const { dials } = throttle()
  const dialling = Array.from({ length: 64 }, () => dials.begin())
  assert.equal(dials.begin().failed(false), true)
  dialling[0]?.succeeded()
  const next = dials.begin()
  assert.deepEqual([next.hold.failed, next.hold.pending], [0, 63])
  assert.equal(next.failed(false), false)
})
