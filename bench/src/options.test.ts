import assert from 'node:assert/strict'
import test from 'node:test'
import { UsageError } from './errors.ts'
import { parseOptions } from './options.ts'

test('five rounds by default, three when quick, as many as asked', () => {
  assert.equal(parseOptions([]).rounds, 5)
  assert.equal(parseOptions(['--quick']).rounds, 3)
  assert.equal(parseOptions(['--quick', '--rounds', '7']).rounds, 7)
})

const refused: [string, ...string[]][] = [
  ['--rounds', '0'],
  ['--rounds', 'many'],
  ['--only', 'nobody'],
  ['--measure', 'latency'],
  ['--speed'],
  ['--json'],
  ['result.json'],
]
for (const args of refused) {
  test(`refuses ${args.join(' ')} with a usage error`, () => {
    assert.throws(() => parseOptions(args), UsageError)
  })
}
