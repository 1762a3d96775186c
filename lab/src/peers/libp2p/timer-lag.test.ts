import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TimerLag } from './timer-lag.ts'

test('a timer that should have run already is late by as much', () => {
  const lag = new TimerLag(50)
  assert.equal(lag.lately(9_000), 0, 'it has not begun')
  lag.ran(1_000)
  assert.equal(lag.lately(1_040), 0)
  assert.equal(lag.lately(1_350), 300)
})

test('it has been late for some seconds more, by the most of them', () => {
  const lag = new TimerLag(50)
  for (const now of [0, 50, 400, 450, 700, 750]) lag.ran(now)
  assert.equal(lag.lately(760), 300)
  for (let now = 800; now < 6_000; now += 50) lag.ran(now)
  assert.equal(lag.lately(6_000), 0)
})
