import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verdictCodes } from '@sluice/credit'
import { contestant } from '../interop/contestants.ts'
import { scenarios } from './all.ts'
import type { Observation } from './observation.ts'
import { parseLabOptions } from './options.ts'
import { failureModesPage } from './report/failure-modes.ts'
import { matrixOf } from './report/matrix.ts'
import { matrixHtml } from './report/matrix-html.ts'
import { matrixText } from './report/matrix-text.ts'
import { isOk, type Run, runLine } from './run.ts'

const fine: Observation = {
  verdict: 'healthy',
  verdictMs: null,
  recoveredMs: null,
  lost: 0,
  end: 'flows',
  errors: 0,
  figures: {},
}

const run: Run = {
  name: 'a',
  peer: '<peer>',
  pattern: 'exchange',
  expected: 'healthy',
  verdict: 'healthy',
  verdictMs: null,
  recoveredMs: null,
  lost: 0,
  ok: true,
  end: 'flows',
  errors: 0,
  milliseconds: 1,
  figures: { secret: 1 },
}

test('each scenario has a name of its own, a verdict that there is, and contestants that there are', () => {
  assert.equal(new Set(scenarios.map(({ name }) => name)).size, scenarios.length)
  for (const scenario of scenarios) {
    assert.ok(['reported', ...verdictCodes].includes(scenario.expected), scenario.name)
    if (scenario.pattern !== 'exchange') continue
    contestant(scenario.setup.dialer)
    contestant(scenario.setup.listener)
  }
})

test('the original fault is run in both browsers and on Node both ways, against go-libp2p before and after its fix', () => {
  const peers = scenarios.filter(({ name }) => name.startsWith('go-3038-')).map(({ peer }) => peer)
  for (const version of ['v0.36.5', 'v0.51.0']) {
    for (const dialer of ['chromium/sluice', 'firefox/sluice', 'node', 'chromium/stock', 'firefox/stock'])
      assert.ok(peers.includes(`${dialer} > go/${version}`))
    assert.ok(peers.includes(`go/${version} > node`))
  }
})

const demand = { expected: 'healthy', end: 'flows' } as const

test('a run is ok when all is as demanded', () => {
  assert.ok(isOk(demand, fine))
  assert.ok(
    isOk(
      { expected: 'credit-withheld', end: 'recovers' },
      { ...fine, verdict: 'credit-withheld', verdictMs: 1_000, recoveredMs: 2_000, end: 'recovers' },
    ),
  )
})

const wrong: readonly (readonly [string, Partial<Observation>])[] = [
  ['another verdict', { verdict: 'half-open' }],
  ['no verdict', { verdict: null }],
  ['another end', { end: 'closes' }],
  ['an end that never comes', { end: 'never' }],
  ['a lost message', { lost: 1 }],
  ['an error that surfaced', { errors: 1 }],
  ['a verdict that comes late', { verdictMs: 1_001 }],
  ['a recovery that comes late', { recoveredMs: 2_001 }],
]
for (const [what, change] of wrong) {
  test(`a run with ${what} is not ok`, () => assert.ok(!isOk(demand, { ...fine, ...change })))
}

test('what is only reported is ok whatever comes of it, but not when it could not be run', () => {
  const reported = { expected: 'reported', end: 'reported' } as const
  assert.ok(isOk(reported, { ...fine, verdict: null, lost: 7, end: 'never', errors: 3 }))
  assert.ok(!isOk(reported, { ...fine, figures: { failed: 'no browser' } }))
})

test('a line has the fields that scripts rely on, and no others', () => {
  assert.deepEqual(Object.keys(runLine(run)), [
    'name',
    'peer',
    'pattern',
    'expected',
    'verdict',
    'verdictMs',
    'recoveredMs',
    'lost',
    'ok',
  ])
})

test('names choose scenarios, a star chooses all that begin so, none chooses all', () => {
  assert.deepEqual(
    parseLabOptions('run', ['go-3038-node-v0.51.0']).chosen.map(({ name }) => name),
    ['go-3038-node-v0.51.0'],
  )
  assert.ok(parseLabOptions('run', ['go-3038-*']).chosen.length >= 12)
  assert.deepEqual(parseLabOptions('list', []).chosen, scenarios)
  assert.deepEqual(parseLabOptions('run', ['--all']).chosen, scenarios)
})

test('the scenarios that are required are some of those that there are, and none is only reported', () => {
  const { chosen } = parseLabOptions('run', ['--required'])
  assert.ok(chosen.length > 0)
  for (const { name, expected } of chosen) {
    assert.ok(scenarios.some((one) => one.name === name))
    assert.notEqual(expected, 'reported')
  }
})

const refused: readonly (readonly [string, readonly string[]])[] = [
  ['a name that there is not', ['nobody']],
  ['an option that there is not', ['--all', '--frobnicate']],
  ['a number that is none', ['--all', '--streams', 'many']],
  ['no run at all', ['--all', '--repeat', '0']],
  ['nothing to run', []],
]
for (const [what, args] of refused) {
  test(`${what} is refused`, () => assert.throws(() => parseLabOptions('run', args), { code: 'ERR_USAGE' }))
}

test('the matrix has a row for each scenario with medians over its runs', () => {
  const times = [300, 100, 200]
  const [cell, ...others] = matrixOf(times.map((verdictMs, index) => ({ ...run, verdictMs, ok: index > 0 })))
  assert.equal(others.length, 0)
  assert.deepEqual([cell?.verdictMs, cell?.runs, cell?.ok, cell?.recoveredMs], [200, 3, 2, null])
})

test('the page of the failure modes has a row for each scenario, and the commit', () => {
  const results = {
    commit: 'c0ffee',
    date: '2026-01-01',
    machine: 'm',
    command: 'lab run',
    runs: [{ ...run, verdictMs: 204 }],
  }
  const page = failureModesPage([{ ...results, source: 'lab/results/x.json' }])
  assert.match(page, /^`a` \| <peer> \| healthy \| healthy \| flows \| 204 \| {2}\| 0 \| 1 of 1$/m)
  assert.match(page, /c0ffee/)
})

test('the matrix as text and as a page shows every row, and the page trusts no name', () => {
  const cells = matrixOf([run, { ...run, name: 'b', ok: false }])
  assert.equal(matrixText(cells).split('\n').length, 3)
  const page = matrixHtml(cells, {
    commit: 'c0ffee',
    date: '2026-01-01',
    machine: 'm',
    command: 'lab matrix',
    runs: [],
  })
  assert.match(page, /class="good".*\n.*class="bad"/)
  assert.match(page, /&lt;peer&gt;/)
  assert.doesNotMatch(page, /<peer>/)
  assert.match(page, /c0ffee/)
})
