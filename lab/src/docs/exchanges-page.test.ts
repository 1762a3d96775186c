import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { repository } from '../paths.ts'
import { exchangesPage } from './exchanges-page.ts'
import { keptExchanges } from './kept-exchanges.ts'

test('docs/go-libp2p-3038.md is what the kept results say (npm run docs:3038)', async () => {
  const kept = keptExchanges()
  assert.notEqual(kept.length, 0)
  assert.equal(await readFile(join(repository, 'docs', 'go-libp2p-3038.md'), 'utf8'), exchangesPage(kept))
})

test('a run that did not get to its end is a row that says why', () => {
  const [kept] = keptExchanges()
  const [run] = kept?.runs ?? []
  assert.ok(kept && run)
  const page = exchangesPage([{ ...kept, runs: [{ ...run, figures: { failed: 'PeerGoneError: gone' } }] }])
  const row = page.split('\n').find((line) => line.includes(run.name))
  assert.match(row ?? '', /\| it did not run to its end: PeerGoneError: gone \|/)
  const columns = (line = ''): number => line.split('|').length
  assert.equal(columns(row), columns(page.split('\n').find((line) => line.startsWith('| scenario'))))
})

test('a run of which nothing is known makes no page', () => {
  const [kept] = keptExchanges()
  const [run] = kept?.runs ?? []
  assert.ok(kept && run)
  assert.throws(() => exchangesPage([{ ...kept, runs: [{ ...run, figures: {} }] }]), RangeError)
})
