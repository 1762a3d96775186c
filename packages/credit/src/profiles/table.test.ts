import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FaultCode, KNOWN_FAULTS } from './faults.ts'
import type { PeerStrategy } from './profile.ts'
import { FAMILIES, PROFILES } from './table.ts'
import { UNKNOWN } from './unknown.ts'

const plain = UNKNOWN.strategy

/** What a fault makes necessary; a fault that is not here is answered by what is always done. */
const NECESSARY: Partial<Record<FaultCode, (strategy: PeerStrategy) => boolean>> = {
  'reset-alone-leaks': ({ cut }) => cut === 'both-halves',
  'stop-spoils-reading': ({ cut, stopEnds, rotateAfter }) =>
    cut === 'both-halves' && stopEnds === 'both-halves' && rotateAfter?.unreleased !== undefined,
  'stop-and-fin-leak': ({ cut }) => cut === 'both-halves',
  'empty-stream-ends-connection': ({ emptyStream }) => emptyStream === 'late-fin',
  'cancel-is-silent': ({ cancel }) => cancel === 'drain',
  'pull-wedge': ({ incoming }) => incoming === 'may-wedge',
  'open-rejected': ({ opens }) => opens === 'rejected',
  'credit-before-page': ({ incoming }) => incoming === 'pulled',
  'dials-throttled': ({ dials }) => dials === 'throttled',
  'close-cuts-off': ({ delivered }) => delivered === 'answer',
  'early-stop-lost': ({ settle }) => settle > 0,
  'early-reset-hangs-tab': ({ settle }) => settle > 0,
  'close-crashes-tab': ({ goneStreams }) => goneStreams === 'left',
  'large-codes-read-as-zero': ({ maxErrorCode }) => maxErrorCode === 255,
  'streams-leave-memory': ({ rotateAfter }) => (rotateAfter?.streams ?? Number.POSITIVE_INFINITY) < 100_000,
  'credit-never-refilled': ({ rotateAfter }) =>
    (rotateAfter?.streams ?? Number.POSITIVE_INFINITY) < 7_300 &&
    (rotateAfter?.bytes ?? Number.POSITIVE_INFINITY) < 16 * 1_048_576,
}

for (const { title, name, faults, strategy, refill, limits } of PROFILES) {
  test(`${title}: each known fault has its answer`, () => {
    for (const fault of faults) assert.ok(NECESSARY[fault]?.(strategy) ?? true, fault)
  })

  test(`${title}: nothing is done without a fault that asks for it`, () => {
    if (faults.some((fault) => NECESSARY[fault] !== undefined)) assert.notDeepEqual(strategy, plain)
    else assert.deepEqual(strategy, plain)
  })

  test(`${title}: the numbers are possible`, () => {
    assert.match(name, /^[a-z0-9.-]+$/)
    if (refill.kind === 'step') assert.ok(refill.fraction > 0 && refill.fraction <= 1)
    for (const limit of [limits.bidi, limits.uni]) assert.ok(limit === null || limit > 0)
    assert.ok((strategy.rotateAfter?.unreleased ?? 0) < (limits.bidi ?? Number.POSITIVE_INFINITY))
  })
}

test('a name stands for one row, and a row belongs to a family that is looked for', () => {
  assert.equal(new Set(PROFILES.map(({ name }) => name)).size, PROFILES.length)
  const families = FAMILIES.map(({ family }) => family)
  for (const { family } of PROFILES) assert.ok(families.includes(family), family)
})

test('each fault belongs to some peer', () => {
  const named = new Set(PROFILES.flatMap(({ faults }) => faults))
  assert.deepEqual(
    Object.keys(KNOWN_FAULTS).filter((fault) => !named.has(fault as FaultCode)),
    [],
  )
})

test('the versions of a family leave no gap and do not overlap', () => {
  for (const { family } of FAMILIES) {
    const versioned = PROFILES.filter((row) => row.family === family && (row.from ?? row.below) !== undefined)
    for (const [index, row] of versioned.entries()) assert.equal(row.from, versioned[index - 1]?.below)
    assert.equal(versioned.at(-1)?.below, undefined)
  }
})
