import assert from 'node:assert/strict'
import test from 'node:test'
import { UsageError } from '../errors.ts'
import { parseFloodOptions } from './options.ts'

test('three rounds of six seconds by default, kept nowhere; as many, as long and where as asked', () => {
  assert.deepEqual(parseFloodOptions([]), { help: false, json: undefined, span: 6_000, rounds: 3 })
  assert.deepEqual(parseFloodOptions(['--json', 'result.json', '--span', '250', '--rounds', '7', '--help']), {
    help: true,
    json: 'result.json',
    span: 250,
    rounds: 7,
  })
})

const refused: [string, ...string[]][] = [
  ['--rounds', '0'],
  ['--rounds', 'many'],
  ['--span', '0'],
  ['--span', '1.5'],
  ['--span', ''],
  ['--span', '2147483648'],
  ['--speed'],
  ['--json'],
  ['result.json'],
]
for (const args of refused) {
  test(`refuses ${args.join(' ')} with a usage error`, () => {
    assert.throws(() => parseFloodOptions(args), UsageError)
  })
}
