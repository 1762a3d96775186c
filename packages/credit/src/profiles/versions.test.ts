import assert from 'node:assert/strict'
import { test } from 'node:test'
import { covers } from './versions.ts'

for (const [version, expected] of [
  ['0.9.12', false],
  ['0.37', false],
  ['0.37.0', false],
  ['0.37.1', true],
  ['0.37.10', true],
  ['0.46.9', true],
  ['0.47', false],
  ['0.47.0', false],
  ['0.100.0', false],
  ['1.0', false],
] as const) {
  test(`version ${version} is ${expected ? '' : 'not '}from 0.37.1 on and below 0.47`, () => {
    assert.equal(covers({ from: '0.37.1', below: '0.47' }, version), expected)
  })
}

test('a row without versions is for all, and one with a bound for all on its side', () => {
  assert.ok(covers({}, '1'))
  assert.ok(covers({ from: '153' }, '153.7.0'))
  assert.ok(!covers({ below: '153' }, '153.0'))
  assert.ok(covers({ below: '153' }, '99.5'))
})
