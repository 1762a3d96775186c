import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { residentOfTree } from './resident.ts'

test('counts a process and the processes below it', async () => {
  const alone = residentOfTree(process.pid)
  assert.ok(alone > 10_000_000, `${alone} bytes`)
  const child = spawn(process.execPath, ['-e', 'console.log(1); process.stdin.resume()'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const childAlone = residentOfTree(child.pid ?? 0)
  assert.ok(childAlone > 10_000_000, `${childAlone} bytes`)
  assert.ok(residentOfTree(process.pid) > alone + childAlone / 2)
  const closed = once(child, 'close')
  child.stdin.end()
  await closed
})

test('a process that is not there holds nothing', () => {
  assert.equal(residentOfTree(2 ** 30), 0)
})
