import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CreditAccount } from '../account.ts'
import { StreamLedger } from '../ledger.ts'
import type { AccountVerdictCode } from '../proof.ts'
import { verdictCodes } from '../verdict.ts'
import { REMEDIES, type Remedy, remediesFor } from './remedy.ts'
import { HEALTHY, verdictOf } from './testing.ts'

type Row = [AccountVerdictCode, Parameters<typeof verdictOf>[1], readonly Remedy[]]

const TABLE: readonly Row[] = [
  ['refill-pending', { harmless: true }, []],
  ['limit-too-small', {}, []],
  ['limit-too-small', { opener: 'them' }, []],
  ['not-accepted', {}, []],
  ['not-accepted', { opener: 'them' }, []],
  ['not-delivered', { opener: 'them' }, ['rotate']],
  ['half-open', { receiveOpen: 9, sendOpen: 1 }, ['reclaim', 'nudge', 'rotate']],
  ['half-open', { receiveOpen: 1, sendOpen: 9 }, ['reclaim']],
  ['half-open', { opener: 'them', receiveOpen: 9 }, ['reclaim']],
  ['half-open', { opener: 'them', sendOpen: 9 }, ['reclaim']],
  ['not-released', {}, ['nudge', 'rotate']],
  ['not-released', { opener: 'them' }, ['nudge', 'rotate']],
  ['credit-withheld', {}, ['nudge', 'rotate']],
  ['credit-withheld', { opener: 'them' }, []],
  ['session-limit', {}, ['nudge', 'rotate']],
  ['session-limit', { opener: 'them' }, []],
]

for (const [code, said, expected] of TABLE) {
  test(`${code} ${JSON.stringify(said)}: ${expected.join(', ') || 'nothing'}`, () => {
    assert.deepEqual(remediesFor(verdictOf(code, said)), expected)
  })
}

test('a full data window is for whoever cannot write to act on', () => {
  const stalled = (writer: 'us' | 'them') => {
    const oldest = new StreamLedger(new CreditAccount({ layer: 'session', kind: 'bidi', opener: writer }, null)).open(
      0,
      0,
    )
    const frames = { dataBlocked: 1, maxData: 0 }
    return remediesFor({
      code: 'data-window',
      harmless: false,
      summary: '',
      proof: { layer: 'quic', writer, blockedFor: 500, streams: 1, frames, oldest, oldestAge: 500, owner: null },
    })
  }
  assert.deepEqual(stalled('us'), ['nudge', 'rotate'])
  assert.deepEqual(stalled('them'), [])
})

test('a harmless verdict has no remedy, whatever its code', () => {
  for (const code of ['credit-withheld', 'half-open'] as const) {
    assert.deepEqual(remediesFor(verdictOf(code, { harmless: true })), [])
  }
  assert.deepEqual(remediesFor(HEALTHY), [])
  const gone = { code: 'session-gone', harmless: false, proof: null, summary: '' } as const
  assert.deepEqual(remediesFor(gone), [])
})

test('about those verdicts nothing is done that a fresh session would meet again', () => {
  const left = verdictCodes.filter((code) => REMEDIES[code] === undefined)
  const flowing = ['healthy', 'refill-pending', 'limit-too-small']
  assert.deepEqual(left, [...flowing, 'not-accepted', 'late-event-loop', 'dialect-mismatch', 'session-gone'])
})

test('every row has the mildest remedy first and rotation last', () => {
  const order: readonly Remedy[] = ['reclaim', 'nudge', 'rotate']
  for (const [code, row] of Object.entries(REMEDIES)) {
    for (const remedies of Object.values(row)) {
      const sorted = order.filter((remedy) => remedies.includes(remedy))
      assert.deepEqual(remedies, sorted, code)
    }
  }
})
