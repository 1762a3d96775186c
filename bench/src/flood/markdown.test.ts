import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BEGIN, END, withFigures } from './markdown.ts'
import type { FloodResult } from './result.ts'

const RESULT: FloodResult = {
  format: 'sluice-flood/1',
  date: '2026-01-02T03:04:05.000Z',
  commit: 'abc',
  machine: { processor: 'P', cores: 2, memory: 1, system: 'S' },
  span: 3_000,
  rounds: 3,
  figures: [
    {
      attack: 'nothing-sent',
      title: 'streams that bring nothing',
      connections: 64,
      opened: 16_000,
      streams: 16_000,
      granted: 12_000,
      memory: 16_000 * 4_096,
      cpu: 0.5,
      quietCpu: 0.25,
      late: 3,
      quiet: 1_000,
      attacked: 900,
      kept: 0.9,
    },
  ],
}

test('the figures of a run take the place of older ones, and what is around them stays', () => {
  const once = withFigures(`before\n${BEGIN}\nold\n${END}\nafter`, RESULT)
  assert.match(once, /^before\n/)
  assert.match(
    once,
    /\| streams that bring nothing \| 64 \| 16000 \| 16000 \| 62\.5 MiB \| 4\.0 KiB \| 0\.50 s \| 0\.25 s \| 90 % of 1000 streams\/s \|/,
  )
  assert.ok(once.endsWith(`${END}\nafter`) && !once.includes('old'))
  assert.equal(withFigures(once, RESULT), once)
})

test('a page without a place for figures is refused', () => {
  assert.throws(() => withFigures('nothing here', RESULT), RangeError)
})
