import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CrowdResult, timesOf, unmet } from './result.ts'

const times = timesOf([3, 1, 2])

const AS_DEMANDED: CrowdResult = {
  asked: 3,
  connections: 3,
  budget: 100,
  used: 100,
  usedAgain: 100,
  floor: 64,
  ceiling: 256,
  few: 1,
  joined: times,
  held: 300,
  leastHeld: 59,
  leastHeldPromised: 59,
  leastCredit: 64,
  mostCredit: 164,
  freed: 100,
  taken: 100,
  greetings: { 'ping by the host': times },
  failures: {},
  ends: {},
  resident: { host: 1, members: 1 },
  live: { host: 0, members: 0 },
}

test('times have a median and a worst, and of none there is nothing to say', () => {
  assert.deepEqual(times, { count: 3, median: 2, worst: 3 })
  assert.deepEqual(timesOf([]), { count: 0, median: 0, worst: 0 })
})

const missing: readonly (readonly [string, Partial<CrowdResult>])[] = [
  ['a connection is lost', { connections: 2 }],
  ['the budget is not used up', { used: 99 }],
  ['a floor is missing', { leastCredit: 63 }],
  ['an application gets less than its floor', { leastHeld: 58 }],
  ['a ping fails', { failures: { 'Error: no': 1 } }],
  ['a connection is not greeted', { greetings: { 'ping by the host': timesOf([1, 2]) } }],
  ['what is given back stays unused', { taken: 99 }],
  ['the budget is not used up again', { usedAgain: 99 }],
  ['a stream stays alive', { live: { host: 0, members: 1 } }],
]

test('nothing is missed when all is as demanded', () => assert.deepEqual(unmet(AS_DEMANDED), []))

for (const [what, change] of missing) {
  test(`is not met when ${what}`, () => assert.equal(unmet({ ...AS_DEMANDED, ...change }).length, 1))
}
