import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from './clock.ts'

test('the time stands still while code runs, goes on with the next turn, and never back', async () => {
  const first = systemClock.now()
  while (performance.now() <= first + 1);
  assert.equal(systemClock.now(), first)
  await new Promise(setImmediate)
  const second = systemClock.now()
  assert.ok(second > first)
  assert.ok(second <= performance.now())
})
