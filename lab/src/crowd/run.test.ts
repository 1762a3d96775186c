import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unmet } from './result.ts'
import { runCrowd } from './run.ts'

const BUDGET = 200

// Of few connections each may have its share of what is given back, and whoever gave it keeps what it may; many take it all.
for (const connections of [6, 12]) {
  test(`on a full budget each of ${connections} connections has its floor and is greeted, and what one gives back goes to others`, async () => {
    const result = await runCrowd({ connections, budget: BUDGET }, () => {})
    assert.deepEqual(unmet(result), [])
    assert.equal(result.few, 2)
    assert.ok(result.held >= BUDGET + connections * result.leastHeldPromised, `${result.held} held`)
  })
}
