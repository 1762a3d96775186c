import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Chance } from './chance.ts'

test('the same seeds make the same choices, and others others', () => {
  const draw = (...seeds: number[]) => {
    const chance = new Chance(...seeds)
    return Array.from({ length: 8 }, () => chance.share())
  }
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (one, other) => {
      assert.deepEqual(draw(one, other), draw(one, other))
      assert.notDeepEqual(draw(one, other), draw(one, other + 1))
      assert.notDeepEqual(draw(one, other), draw(one + 1, other))
    }),
  )
})

test('numbers are whole and within their bounds', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 1_000 }), fc.nat(1_000_000), (seed, least, span) => {
      const chance = new Chance(seed)
      for (const value of [chance.whole(least, least + span), chance.magnitude(least, least + span)])
        assert.ok(Number.isInteger(value) && value >= least && value <= least + span, `${value}`)
    }),
  )
})
