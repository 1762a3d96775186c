import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BEGIN, END, withFigures } from './markdown.ts'
import { FIGURES } from './testing.ts'

const RESULT = {
  format: 'sluice-flood/2',
  date: '2026-01-02T03:04:05.000Z',
  commit: 'abc',
  machine: { processor: 'P', cores: 2, memory: 1, system: 'S' },
  load: 0.2,
  span: 3_000,
  rounds: 3,
  figures: [FIGURES],
} as const

test('the figures of a run take the place of older ones, and what is around them stays', () => {
  const once = withFigures(`before\n${BEGIN}\nold\n${END}\nafter`, RESULT)
  assert.match(once, /^before\n/)
  assert.match(
    once,
    /\| streams that bring nothing \| 64 \| 16000 \| 16000 \| 20\.0 MiB \| 12\.0 MiB \| 40\.0 MiB \| 25 µs \| 90 % of 1000 streams\/s \|/,
  )
  assert.ok(once.includes('25 % of a processor'))
  assert.ok(once.endsWith(`${END}\nafter`) && !once.includes('old'))
  assert.equal(withFigures(once, RESULT), once)
})

test('figures from a machine that others use say so', () => {
  const page = `${BEGIN}\n${END}`
  assert.ok(!withFigures(page, RESULT).includes('whose load was'))
  assert.ok(withFigures(page, { ...RESULT, load: 12.3 }).includes('whose load was 12 when'))
})

test('a page without a place for figures is refused', () => {
  assert.throws(() => withFigures('nothing here', RESULT), RangeError)
})
