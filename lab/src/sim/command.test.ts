import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsageError } from '../errors.ts'
import { parseSimOptions } from './command.ts'

test('without options there are a hundred seeds from 1 on', () => {
  const { seeds, from, verbose, json, results, help } = parseSimOptions([])
  assert.deepEqual([seeds, from, verbose, json, results, help], [100, 1, false, false, undefined, false])
})

test('a failing seed is replayed by the options that were printed', () => {
  const { seeds, from, verbose } = parseSimOptions('--seeds 1 --from 4711 --verbose'.split(' '))
  assert.deepEqual([seeds, from, verbose], [1, 4711, true])
})

test('the figures of many seeds go to a file of any name', () => {
  assert.equal(parseSimOptions(['--results', 'of-today.json']).results, 'of-today.json')
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
    assert.throws(() => parseSimOptions(args.split(' ')), UsageError)
  })
}
