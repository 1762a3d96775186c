import assert from 'node:assert/strict'
import test from 'node:test'
import { markdownReport } from './markdown.ts'
import { terminalReport } from './terminal.ts'
import { resultOf, seriesOfCounts } from './testing.ts'

const result = resultOf(
  seriesOfCounts('webtransport/sluice', 'streams-1', 3000, 4000, 5000),
  seriesOfCounts('webtransport/webtransport-go', 'streams-1', 1000, 2000, 3000),
)

test('the page has min, median, max and the ratio, from the file alone', () => {
  const page = markdownReport(result)
  assert.match(page, /\| streams, one by one \| Sluice \| 3 000 \/ \*\*4 000\*\* \/ 5 000 1\/s \| {2}\| 250 us \|/)
  assert.match(page, /\| streams, one by one \| webtransport-go \| 1 000 \/ \*\*2 000\*\* \/ 3 000 1\/s \| 2\.00 x \|/)
  assert.match(page, /2026-01-02, commit 0123456789ab, Example CPU, 8 cores, 16 GiB/)
})

test('the page leaves out layers that were not measured', () => {
  assert.doesNotMatch(markdownReport(result), /newStream\(\)/)
})

test('a quick run says on the page and on the terminal that it proves nothing', () => {
  const quick = { ...result, quick: true }
  assert.match(markdownReport(quick), /prove nothing/)
  assert.match(terminalReport(quick), /prove nothing/)
})

test('the terminal says of each target whether it is met', () => {
  assert.match(
    terminalReport(result),
    /met {5}streams-1: webtransport\/sluice at least 1\.50 x webtransport\/webtransport-go: 2\.00 x/,
  )
})

test('a contender that failed shows why', () => {
  const failed = resultOf({
    contender: 'engine',
    measure: 'bulk',
    samples: [],
    error: 'engine serve: ended: exit code 1',
  })
  assert.match(terminalReport(failed), /failed: engine serve: ended: exit code 1/)
  assert.match(markdownReport(failed), /failed/)
})
