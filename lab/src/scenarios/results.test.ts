import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resultsOf } from './results.ts'
import { runScenario } from './run.ts'
import type { Scenario } from './scenario.ts'

const IMPOSSIBLE: Scenario = {
  name: 'impossible',
  peer: 'nobody > node',
  pattern: 'exchange',
  setup: { dialer: 'nobody', listener: 'node', width: 1 },
  expected: 'healthy',
  end: 'flows',
  about: 'there is no such peer',
}

test('of a run that failed one line is kept, without the paths of the machine it ran on', async () => {
  const run = await runScenario(IMPOSSIBLE, { streams: 1 })
  assert.match(String(run.figures.failed), /\n {4}at /)
  const [kept] = resultsOf([run], 'lab run').runs
  assert.match(String(kept?.figures.failed), /^RangeError: there is no contestant "nobody".*$/)
  assert.deepEqual({ ...kept, figures: {} }, { ...run, figures: {} })
})
