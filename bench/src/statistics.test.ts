import assert from 'node:assert/strict'
import test from 'node:test'
import { spread } from './statistics.ts'

const cases = [
  { samples: [3], expected: { min: 3, median: 3, max: 3 } },
  { samples: [5, 1, 3], expected: { min: 1, median: 3, max: 5 } },
  { samples: [4, 1, 10, 2], expected: { min: 1, median: 3, max: 10 } },
  { samples: [], expected: undefined },
]
for (const { samples, expected } of cases) {
  test(`the spread of [${samples}] is ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(spread(samples), expected)
  })
}

test('sorts by number and leaves the samples as they were', () => {
  const samples = [100, 20, 3]
  assert.deepEqual(spread(samples), { min: 3, median: 20, max: 100 })
  assert.deepEqual(samples, [100, 20, 3])
})
