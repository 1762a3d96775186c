import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSimOptions } from './command.ts'
import { SimUsageError } from './errors.ts'

test('without options there are a hundred seeds from 1 on', () => {
  assert.deepEqual(parseSimOptions([]), { seeds: 100, from: 1, verbose: false, json: false, help: false })
})

test('a failing seed is replayed by the options that were printed', () => {
  const { seeds, from, verbose } = parseSimOptions('--seeds 1 --from 4711 --verbose'.split(' '))
  assert.deepEqual([seeds, from, verbose], [1, 4711, true])
})

for (const args of [
  '--seeds 0',
  '--seeds -1',
  '--seeds 1.5',
  '--seeds many',
  '--from -1',
  '--from 4294967296',
  '--seeds=',
  '--seed 3',
  'seeds',
]) {
  test(`${args} is refused`, () => {
    assert.throws(() => parseSimOptions(args.split(' ')), SimUsageError)
  })
}
