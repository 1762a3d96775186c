import assert from 'node:assert/strict'
import test from 'node:test'
import { judge, ratioOf } from './targets.ts'
import { resultOf, seriesOfCounts } from './testing.ts'

function stateOf(ours: number, theirs: number): string | undefined {
  const result = resultOf(
    seriesOfCounts('webtransport/sluice', 'streams-100', ours),
    seriesOfCounts('webtransport/webtransport-go', 'streams-100', theirs),
  )
  const of = (verdict: ReturnType<typeof judge>[number]) =>
    verdict.target.ours === 'webtransport/sluice' && verdict.target.measure === 'streams-100'
  return judge(result).find(of)?.state
}

test('a target is met at its factor exactly', () => {
  assert.equal(stateOf(150, 100), 'met')
})

test('a target is missed just below its factor', () => {
  assert.equal(stateOf(149, 100), 'missed')
})

test('a target is unknown when the other side was not measured', () => {
  const verdicts = judge(resultOf(seriesOfCounts('webtransport/sluice', 'bulk', 1)))
  assert.deepEqual(new Set(verdicts.map(({ state }) => state)), new Set(['unknown']))
})

test('one lucky round does not meet a target', () => {
  const result = resultOf(
    seriesOfCounts('libp2p/sluice', 'bulk', 50, 60, 500),
    seriesOfCounts('libp2p/js-tcp', 'bulk', 100, 100, 100),
  )
  const verdict = judge(result).find(({ state }) => state !== 'unknown')
  assert.deepEqual(verdict?.state === 'missed' ? verdict.ratio : undefined, 0.6)
})

test('a machine that is slow for a while does not change a ratio', () => {
  const result = resultOf(
    seriesOfCounts('libp2p/sluice', 'bulk', 200, 20, 2),
    seriesOfCounts('libp2p/js-tcp', 'bulk', 100, 10, 1),
  )
  assert.equal(ratioOf(result, 'libp2p/sluice', 'libp2p/js-tcp', 'bulk'), 2)
})

test('rounds that only one of the two has are left out of the ratio', () => {
  const result = resultOf(
    seriesOfCounts('libp2p/sluice', 'bulk', 300),
    seriesOfCounts('libp2p/js-tcp', 'bulk', 100, 1, 1),
  )
  assert.equal(ratioOf(result, 'libp2p/sluice', 'libp2p/js-tcp', 'bulk'), 3)
})
