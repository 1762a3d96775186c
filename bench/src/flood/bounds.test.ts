import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultGovernorOptions } from '@sluice/webtransport'
import { ALLOWANCE, BYTES_PER_STREAM, beyond, boundsFor, bytes } from './bounds.ts'
import { COST, FIGURES, RATES } from './testing.ts'

const { floor, ceiling, budget } = defaultGovernorOptions

test('memory is bounded by what the connections can be granted: few by their ceilings, many by floors and budget', () => {
  assert.equal(boundsFor(4).memory, 4 * ceiling.bidi * BYTES_PER_STREAM + ALLOWANCE)
  assert.equal(boundsFor(1_000).memory, (1_000 * floor.bidi + budget) * BYTES_PER_STREAM + ALLOWANCE)
})

test('an attack within its bounds is not beyond them', () => assert.deepEqual(beyond(FIGURES), []))

const cases = [
  [
    'memory in a single round',
    { costs: [COST, { ...COST, memory: 41 * 2 ** 20 }] },
    /^memory: 41\.0 MiB of 40\.0 MiB$/,
  ],
  [
    'processor time in a single round',
    { costs: [COST, { ...COST, cpu: 1.6 }] },
    /^processor time a stream: 100 µs of 50 µs$/,
  ],
  ['the rate of the other', { rates: [{ ...RATES, attacked: 790 }] }, /^the other keeps 79 %$/],
] as const

for (const [what, change, message] of cases) {
  test(`an attack is beyond its bounds by ${what}`, () => {
    const [said, ...more] = beyond({ ...FIGURES, ...change })
    assert.match(said ?? '', message)
    assert.deepEqual(more, [])
  })
}

test('one round on a busy machine does not decide what the other keeps', () => {
  const rates = [RATES, { ...RATES, attacked: 100 }, { ...RATES, attacked: 850 }]
  assert.deepEqual(beyond({ ...FIGURES, rates }), [])
})

test('bytes are told in the unit that reads best, growth and shrinking alike', () => {
  assert.deepEqual([512, -2_048, 3 * 2 ** 20].map(bytes), ['512 B', '-2.0 KiB', '3.0 MiB'])
})
