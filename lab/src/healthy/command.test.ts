import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Chance } from '../sim/chance.ts'
import { parseHealthyOptions } from './command.ts'
import { burstTowards, healthyPairs } from './pairs.ts'
import { patterns, pick } from './patterns.ts'

test('an hour over every pair unless something else is asked for', () => {
  const options = parseHealthyOptions([])
  assert.deepEqual([options?.milliseconds, options?.pairs, options?.json], [3_600_000, healthyPairs, false])
  assert.equal(parseHealthyOptions(['--help']), undefined)
  const some = parseHealthyOptions(['--minutes', '0.5', '--pair', 'node,node', '--results', 'x.json', '--json'])
  assert.deepEqual(
    [some?.milliseconds, some?.pairs, some?.results, some?.json],
    [30_000, [{ dialer: 'node', listener: 'node' }], 'x.json', true],
  )
})

for (const args of [
  ['--minutes', '0'],
  ['--minutes', 'long'],
  ['--minutes', '-1'],
  ['--seed', '1.5'],
  ['--pair', 'node,nobody'],
  ['--what'],
]) {
  test(`refuses ${args.join(' ')}`, () => {
    assert.throws(() => parseHealthyOptions(args), { code: 'ERR_USAGE' })
  })
}

test('a burst is above what each kind of peer grants at first', () => {
  assert.deepEqual(['node', 'go/v0.51.0', 'chromium/sluice', 'firefox/sluice'].map(burstTowards), [77, 308, 120, 120])
})

test('every pattern comes, the same for the same seed', () => {
  const drawn = (seed: number) => {
    const chance = new Chance(seed)
    return Array.from({ length: 300 }, () => pick(patterns, chance).name)
  }
  assert.deepEqual(new Set(drawn(1)), new Set(patterns.map(({ name }) => name)))
  assert.deepEqual(drawn(1), drawn(1))
  assert.notDeepEqual(drawn(1), drawn(2))
})
