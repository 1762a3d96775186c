import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readArguments, wholeNumber } from './command-line.ts'
import { UsageError } from './errors.ts'

test('a whole number is digits and nothing else, within its bounds', () => {
  assert.equal(wholeNumber('--streams', '20000'), 20_000)
  assert.equal(wholeNumber('--from', '0', 0), 0)
  assert.equal(wholeNumber('--from', '4294967295'), 2 ** 32 - 1)
  for (const text of ['', ' ', '0', '-1', '1.5', '1e3', '0x10', 'ten', 'Infinity', '4294967296', '99999999999'])
    assert.throws(() => wholeNumber('--streams', text), UsageError, text)
})

test('an option that there is not is an error of the command line', () => {
  const config = { options: { json: { type: 'boolean', default: false } } } as const
  assert.equal(readArguments(['--json'], config).values.json, true)
  for (const args of [['--jsn'], ['--json=1'], ['more']])
    assert.throws(() => readArguments(args, config), UsageError, args.join(' '))
})
