import assert from 'node:assert/strict'
import { test } from 'node:test'
import { growth } from './bounds.ts'

/** Twenty samples of a heap that is `leak` bytes larger after each stream. */
const heap = (streams: number, leak: number) =>
  Array.from({ length: 21 }, (_, sample) => {
    const x = (streams * sample) / 20
    return { x, y: 20e6 + leak * x + (sample % 3) * 50_000 }
  })

test('a leak of 11.6 KB a stream is over the bound at every size that is run', () => {
  for (const held of ['heap', 'resident'] as const) {
    for (const streams of [40_000, 400_000, 2_000_000]) {
      const { slope, bound } = growth(held, heap(streams, 11_600))
      assert.ok(slope > bound, `${held} of ${streams}: ${slope} of ${bound}`)
    }
  }
})

test('a leak of one small object a stream is over the bound of the heap at the full sizes', () => {
  for (const streams of [400_000, 2_000_000]) {
    const { slope, bound } = growth('heap', heap(streams, 40))
    assert.ok(slope > bound, `${slope} of ${bound}`)
  }
})

test('what a browser keeps by itself is not held against us, and what we add to it is', () => {
  const control = growth('resident', heap(10_000, 14_000)).slope
  const ours = growth('resident', heap(400_000, 14_000), control)
  assert.ok(ours.slope <= ours.bound, `${ours.slope} of ${ours.bound}`)
  const leaking = growth('resident', heap(400_000, 14_000 + 11_600), control)
  assert.ok(leaking.slope > leaking.bound, `${leaking.slope} of ${leaking.bound}`)
})

test('a heap that only breathes is within the bound', () => {
  for (const streams of [40_000, 2_000_000]) {
    const { slope, bound } = growth('heap', heap(streams, 0))
    assert.ok(Math.abs(slope) < bound / 2, `${slope} of ${bound}`)
  }
})
