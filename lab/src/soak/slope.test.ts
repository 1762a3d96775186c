import assert from 'node:assert/strict'
import { test } from 'node:test'
import { laterHalf, slope } from './slope.ts'

test('finds the slope of points on a line, wherever the line lies', () => {
  const points = [0, 10, 20, 30].map((x) => ({ x, y: 1_000_000 + 3.5 * x }))
  assert.equal(slope(points), 3.5)
})

test('noise that is the same all along has no slope', () => {
  const points = [1, 2, 3, 4, 5, 6, 7, 8].map((x) => ({ x, y: x % 4 < 2 ? 5 : 7 }))
  assert.ok(Math.abs(slope(points)) < 0.2)
})

test('what is taken once at the start does not count', () => {
  const series = Array.from({ length: 20 }, (_, x) => ({ x, y: x < 8 ? x * 1000 : 8000 }))
  assert.equal(slope(laterHalf(series)), 0)
})

test('a single point has no slope', () => {
  assert.throws(() => slope([{ x: 1, y: 1 }]), RangeError)
})
