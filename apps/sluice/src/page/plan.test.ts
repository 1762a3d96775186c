import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readPlan } from './plan.ts'

describe('readPlan', () => {
  const standard = readPlan(new URLSearchParams())

  it('takes every figure from the query', () => {
    const query = new URLSearchParams('auto&pings=3&echo=10485760&streams=5000&bytes=0&perf=1')
    assert.deepEqual(readPlan(query), { pings: 3, echo: 10_485_760, streams: 5000, bytes: 0, perf: 1 })
  })

  for (const value of ['', '-1', '1e9', '0x10', 'many', '9'.repeat(20)]) {
    it(`does not take '${value}' for a number`, () => {
      assert.deepEqual(readPlan(new URLSearchParams({ streams: value })), standard)
    })
  }

  it('pings at least once', () => {
    assert.equal(readPlan(new URLSearchParams('pings=0')).pings, 1)
  })
})
