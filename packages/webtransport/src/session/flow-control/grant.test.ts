import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ErrorCode, H3StreamError } from '@sluice/h3'
import { Grant, type RefillPolicy } from './grant.ts'

const EAGER: RefillPolicy = { share: 1 / 8, eager: true }
const STEPWISE: RefillPolicy = { share: 1 / 4, eager: false }

const CASES: readonly (readonly [
  why: string,
  policy: RefillPolicy,
  window: number,
  used: number,
  returned: number,
  told: number | undefined,
])[] = [
  ['nothing is over', EAGER, 100, 50, 0, undefined],
  ['less than the step is over', EAGER, 100, 50, 11, undefined],
  ['the step is over', EAGER, 100, 50, 12, 112],
  ['the peer has nothing left, and one is over', EAGER, 100, 100, 1, 101],
  ['the peer has nothing left, and none is over', EAGER, 100, 100, 0, undefined],
  ['a window of one', EAGER, 1, 1, 1, 2],
  ['the peer has nothing left, and a little is over', STEPWISE, 1000, 1000, 249, undefined],
  ['a quarter is over', STEPWISE, 1000, 1000, 250, 1250],
  ['all is over', STEPWISE, 1000, 1000, 1000, 2000],
  ['a window that no peer can use up', EAGER, Number.MAX_SAFE_INTEGER, 1000, 1000, undefined],
  ['a window of zero stays one', STEPWISE, 0, 0, 0, undefined],
]

for (const [why, policy, window, used, returned, told] of CASES) {
  test(`a new limit is ${told === undefined ? 'not told' : 'told'}: ${why}`, () => {
    const grant = new Grant('streams', window, policy)
    grant.use(used)
    grant.return(returned)
    assert.equal(grant.takeLimit(), told)
    assert.equal(grant.limit, told ?? window)
    assert.equal(grant.takeLimit(), undefined, 'once')
  })
}

test('limits that are told only ever rise, and leave the peer its window', () => {
  const grant = new Grant('streams', 10, EAGER)
  let last = grant.limit
  for (let round = 0; round < 1000; round++) {
    grant.use(1)
    grant.return(1)
    const limit = grant.takeLimit()
    if (limit === undefined) continue
    assert.ok(limit > last)
    assert.equal(limit, round + 1 + 10)
    last = limit
  }
  assert.equal(last, 1010)
})

test('a peer that uses more than it was told ends the session, even where more is due', () => {
  const grant = new Grant('streams', 10, EAGER)
  grant.use(10)
  grant.return(5)
  assert.throws(
    () => grant.use(1),
    (error: unknown) => error instanceof H3StreamError && error.httpCode === ErrorCode.WT_FLOW_CONTROL_ERROR,
  )
})
