import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Verdict } from '@sluice/credit'
import { Times } from './times.ts'

const gone: Verdict = { code: 'session-gone', harmless: false, proof: null, summary: 'the session is over' }
const healthy: Verdict = { code: 'healthy', harmless: true, proof: null, summary: 'streams can be opened' }

test('a verdict is timed from the oldest open that waits, and what follows from the verdict', () => {
  const times = new Times()
  times.opens(0)(10)
  const oldest = times.opens(100)
  times.opens(150)
  times.heard(healthy, times.oldest, 300)
  times.heard(gone, times.oldest, 600)
  assert.deepEqual([times.verdict, times.verdictMs, times.flowed], [gone, 500, false])
  oldest(900)
  times.opens(950)(1_000)
  times.heard(gone, times.oldest, 2_000)
  assert.deepEqual([times.verdictMs, times.recoveredMs], [500, 300])
})

test('streams that were opened up to the verdict had nothing to recover from', () => {
  const times = new Times()
  const oldest = times.opens(0)
  for (let at = 50; at < 400; at += 50) times.opens(0)(at)
  times.opens(0)(390)
  times.heard(gone, times.oldest, 400)
  oldest(420)
  assert.deepEqual([times.flowed, times.recoveredMs], [true, null])
})

test('streams that were opened only when the wait began had stopped', () => {
  const times = new Times()
  times.opens(0)(30)
  const oldest = times.opens(20)
  times.heard(gone, times.oldest, 400)
  oldest(500)
  assert.deepEqual([times.flowed, times.recoveredMs], [false, 100])
})

test('streams had stopped too where one that was under way was only late', () => {
  const times = new Times()
  const oldest = times.opens(0)
  times.opens(0)(350)
  times.heard(gone, times.oldest, 400)
  oldest(500)
  assert.deepEqual([times.flowed, times.recoveredMs], [false, 100])
})

test('a verdict that nobody waited for took no time', () => {
  const times = new Times()
  times.heard(gone, times.oldest, 400)
  assert.equal(times.verdictMs, 0)
})
