import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { repository } from '../paths.ts'
import { alarmsPage } from './alarms-page.ts'
import { keptResults } from './kept.ts'

test('docs/false-alarms.md is what the kept results say (npm run docs:alarms)', async () => {
  const page = alarmsPage(keptResults('healthy'), keptResults('simulator'))
  assert.equal(await readFile(join(repository, 'docs', 'false-alarms.md'), 'utf8'), page)
})
