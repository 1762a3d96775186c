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
