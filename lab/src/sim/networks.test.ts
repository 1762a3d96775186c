import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NETWORKS } from './networks.ts'

for (const { name, at, lastHole } of NETWORKS) {
  test(`${name}: nothing gets through in its holes, and only there`, () => {
    let blockedBefore: number | undefined
    for (let now = 0; now < 20_000; now += 100) {
      const hole = lastHole?.(now)
      const inside = hole !== undefined && now < hole.to
      assert.equal(at(now).blocked ?? false, inside, `${now} ms`)
      if (inside) blockedBefore = now
      // The last hole is that of the last moment in which nothing got through, whole.
      if (hole === undefined) assert.equal(blockedBefore, undefined, `${now} ms`)
      else assert.ok(hole.from <= (blockedBefore ?? -1) && (blockedBefore ?? -1) < hole.to, `${now} ms`)
    }
    assert.equal(blockedBefore !== undefined, lastHole !== undefined)
  })
}
