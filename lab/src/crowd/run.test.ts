import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unmet } from './result.ts'
import { runCrowd } from './run.ts'

test('on a full budget every connection of a small crowd has its floor and is greeted, and what one gives back goes to others', async () => {
  const result = await runCrowd({ connections: 12, budget: 200 }, () => {})
  assert.deepEqual(unmet(result), [])
  assert.equal(result.few, 2)
  assert.ok(result.held >= 200 + 12 * result.leastHeldPromised, `${result.held} held`)
})
