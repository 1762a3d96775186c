import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import test from 'node:test'
import { usageOf } from './usage.ts'

test('tells the memory of a process where the system has /proc, and nothing elsewhere', async () => {
  const usage = await usageOf(process.pid)
  if (existsSync('/proc/self/stat')) assert.ok(usage !== undefined && usage.memory > 2 ** 20 && usage.cpuSeconds >= 0)
  else assert.equal(usage, undefined)
})

test('a process that is gone has no usage', async () => {
  // Above the greatest pid that Linux allows.
  assert.equal(await usageOf(2 ** 30), undefined)
})
