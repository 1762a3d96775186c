import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { repository } from '../paths.ts'
import { keptResults } from './kept.ts'
import { loadsPage } from './loads-page.ts'

test('docs/loads.md is what the kept results say (npm run docs:loads)', async () => {
  const page = loadsPage(keptResults('soak'), keptResults('crowd'), keptResults('workload'))
  assert.equal(await readFile(join(repository, 'docs', 'loads.md'), 'utf8'), page)
})
