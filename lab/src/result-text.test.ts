import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failureLines, judgedLine, resultText } from './result-text.ts'

test('what is ok and what is not stand in one column', () => {
  const [good, bad] = [judgedLine(true, 'node'), judgedLine(false, 'node')]
  assert.equal(good.indexOf('node'), bad.indexOf('node'))
  assert.match(bad, /^NOT OK/)
})

test('what was counted stands under its result, each failure with its number', () => {
  assert.deepEqual(
    resultText(true, 'node', ['2 streams', ...failureLines({ ERR_A: 3, ERR_B: 1 })])
      .split('\n')
      .map((line) => [line.slice(0, 7).trim(), line.slice(7)]),
    [
      ['ok', 'node'],
      ['', '2 streams'],
      ['', '3 x ERR_A'],
      ['', '1 x ERR_B'],
    ],
  )
  assert.equal(resultText(true, 'node', []), judgedLine(true, 'node'))
})
