import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { repository } from '../paths.ts'
import { profilesPage } from './profiles-page.ts'

test('docs/profiles.md is what the table of peers says today (npm run docs:profiles)', async () => {
  assert.equal(await readFile(join(repository, 'docs', 'profiles.md'), 'utf8'), profilesPage())
})
