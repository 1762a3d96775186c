import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_RESERVE, openToAll, reserveOf } from './reserve.ts'

for (const [window, kept] of [
  [0, 0],
  [1, 0],
  [7, 0],
  [8, 1],
  [16, 2],
  [100, 4],
  [1_000_000, 4],
] as const) {
  test(`of ${window} streams at once ${kept} are kept back`, () => {
    assert.equal(reserveOf({ limit: window, retired: 0 }, DEFAULT_RESERVE), kept)
    assert.equal(reserveOf({ limit: window + 5_000, retired: 5_000 }, DEFAULT_RESERVE), kept)
  })
}

test('a reserve of nothing leaves everything to all', () => {
  assert.equal(openToAll({ limit: 100, opened: 40, retired: 0 }, 0), 60)
})

test('what is left to all never falls below nothing', () => {
  assert.equal(openToAll({ limit: 100, opened: 40, retired: 10 }, 4), 56)
  assert.equal(openToAll({ limit: 100, opened: 97, retired: 0 }, 4), 0)
  assert.equal(openToAll({ limit: 100, opened: 100, retired: 100 }, 4), 0)
})
