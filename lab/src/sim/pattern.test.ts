import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Pattern } from './pattern.ts'

test('a half is known by its bytes at every offset, however it is cut', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(1_000_000), fc.integer({ min: 1, max: 65_536 }), (id, offset, length) => {
      const pattern = new Pattern(id, 'client')
      const chunk = pattern.at(offset, length)
      assert.equal(chunk.length, length)
      assert.ok(pattern.matches(offset, chunk))
      assert.ok(!pattern.matches(offset + 1, chunk))
      assert.ok(!new Pattern(id + 4, 'client').matches(offset, chunk))
      assert.ok(!new Pattern(id, 'server').matches(offset, chunk))
    }),
  )
})
