import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ErrorCode, H3StreamError } from '@sluice/h3'
import { Allowance } from './allowance.ts'

const allowance = (initial: number): Allowance => new Allowance('streams', initial, 2 ** 60)
const violation = (error: unknown): boolean =>
  error instanceof H3StreamError && error.httpCode === ErrorCode.WT_FLOW_CONTROL_ERROR

test('what has been used counts for ever: only a higher limit gives more', () => {
  const streams = allowance(2)
  streams.use(2)
  assert.equal(streams.available, 0)
  streams.raise(3)
  assert.equal(streams.available, 1)
  assert.equal(streams.limit, 3)
})

test('what was used in vain can be used again, but no more than was used', () => {
  const streams = allowance(2)
  streams.use(2)
  streams.withdraw(1)
  assert.equal(streams.available, 1)
  assert.equal(streams.limit, 2)
  assert.throws(() => streams.withdraw(2), RangeError)
})

test('no more is used than there is', () => {
  assert.throws(() => allowance(2).use(3), RangeError)
})

const LIMITS: readonly (readonly [why: string, before: number, after: number, allowed: boolean])[] = [
  ['higher', 10, 11, true],
  ['the same', 10, 10, false],
  ['lower', 10, 9, false],
  ['zero where there was none', 0, 0, false],
  ['the first, where the SETTINGS had none', 0, 1, true],
  ['the highest', 10, 2 ** 60, true],
  ['above 2^60', 10, 2 ** 60 + 2 ** 8, false],
  ['beyond exact numbers, where the same may be higher', 2 ** 60, 2 ** 60, true],
  ['beyond exact numbers, and lower', 2 ** 60, 2 ** 59, false],
]

for (const [why, before, after, allowed] of LIMITS) {
  test(`a new limit is ${allowed ? 'taken' : 'WT_FLOW_CONTROL_ERROR'}: ${why}`, () => {
    const streams = allowance(before)
    if (!allowed) {
      assert.throws(() => streams.raise(after), violation)
      assert.equal(streams.limit, before)
      return
    }
    streams.raise(after)
    assert.equal(streams.limit, after)
  })
}

test('the peer is told once for each limit that more is wanted', () => {
  const streams = allowance(1)
  assert.equal(streams.takeBlocked(), undefined, 'nothing is wanted yet')
  streams.use(1)
  streams.block()
  streams.block()
  assert.equal(streams.takeBlocked(), 1)
  streams.block()
  assert.equal(streams.takeBlocked(), undefined)
  streams.raise(2)
  streams.use(1)
  streams.block()
  assert.equal(streams.takeBlocked(), 2)
})

test('a limit that was overtaken before it could be told is not told', () => {
  const streams = allowance(0)
  streams.block()
  streams.raise(5)
  assert.equal(streams.takeBlocked(), undefined)
})
