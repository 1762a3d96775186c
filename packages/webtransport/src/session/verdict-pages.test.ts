import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { verdictCodes } from '@sluice/credit'

const PAGES = new URL('../../../../docs/verdicts/', import.meta.url)

const SECTIONS = ['What you see.', 'Why it happens.', 'What Sluice already did.', 'What you can do.']

test('each verdict has a page of its name, and no page is without one', async () => {
  assert.deepEqual((await readdir(PAGES)).sort(), verdictCodes.map((code) => `${code}.md`).sort())
})

for (const code of verdictCodes)
  test(`the page of ${code} has its four parts, in order`, async () => {
    const text = await readFile(new URL(`${code}.md`, PAGES), 'utf8')
    assert.ok(text.startsWith(`# ${code}\n`))
    assert.deepEqual(
      [...text.matchAll(/^\*\*(.+?)\*\*/gm)].map(([, part]) => part),
      SECTIONS,
    )
  })
