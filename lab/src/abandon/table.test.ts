import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GIVES_UP } from './giving-up.ts'
import { rawWayNames } from './raw-ways.ts'
import { treatmentName, treatments } from './table.ts'
import { wayNames } from './ways.ts'

test('each treatment has a name of its own, and each way is taken by one end or the other', () => {
  assert.equal(new Set(treatments.map(treatmentName)).size, treatments.length)
  const taken = new Set<string>(treatments.flatMap(({ opens, handles }) => [opens, handles]))
  assert.deepEqual(
    [GIVES_UP, ...wayNames, ...rawWayNames].filter((way) => !taken.has(way)),
    [],
  )
})
