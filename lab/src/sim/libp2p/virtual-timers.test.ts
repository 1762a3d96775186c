import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '@sluice/engine/virtual'
import { installTimers } from './virtual-timers.ts'

test('timers and dates follow the clock until they are given back', async () => {
  const { setTimeout: ours } = globalThis
  const clock = new VirtualClock()
  const restore = installTimers(clock)
  const start = Date.now()
  const fired: string[] = []
  setTimeout((name: string) => fired.push(name), 60_000, 'late').unref()
  clearTimeout(setTimeout(() => fired.push('cancelled'), 1_000))
  await clock.run(120_000, () => fired.length > 0)
  assert.deepEqual([fired, Date.now() - start], [['late'], 60_000])
  restore()
  assert.equal(globalThis.setTimeout, ours)
  assert.ok(Date.now() - start < 60_000)
})

test('a timer of the machine can be cleared meanwhile', async () => {
  const timer = setTimeout(() => assert.fail(), 60_000)
  const restore = installTimers(new VirtualClock())
  clearTimeout(timer)
  restore()
})
