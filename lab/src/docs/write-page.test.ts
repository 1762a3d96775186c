import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { MissingResultsError } from '../errors.ts'
import { keptResults } from './kept.ts'
import { keptExchanges } from './kept-exchanges.ts'
import { writePage } from './write-page.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-docs-'))
after(() => rmSync(folder, { recursive: true }))

test('a page is written as it was made', () => {
  const page = join(folder, 'page.md')
  assert.equal(
    writePage(page, () => 'all is well\n'),
    0,
  )
  assert.equal(readFileSync(page, 'utf8'), 'all is well\n')
})

const inputs = [
  ['a folder', 'soak.json', 'npm run soak -- --keep', () => keptResults('soak', folder)],
  ['a folder', 'healthy.json', 'npm run sluice -- lab healthy', () => keptResults('healthy', folder)],
  ['a folder', 'go-3038-NAME.json', 'npm run sluice -- lab run', () => keptExchanges(folder)],
  ['no folder', 'go-3038-NAME.json', 'npm run sluice -- lab run', () => keptExchanges(join(folder, 'nowhere'))],
] as const

for (const [place, file, command, read] of inputs) {
  test(`without ${file} in ${place} no page is written, and one line names the command that makes it: ${command}`, (t) => {
    assert.throws(read, MissingResultsError)
    const said = t.mock.method(console, 'error', () => {}).mock
    const page = join(folder, 'unwritten.md')
    const code = writePage(page, () => JSON.stringify(read()))
    assert.deepEqual([code, existsSync(page), said.callCount()], [1, false, 1])
    const [line] = said.calls[0]?.arguments ?? []
    assert.ok(line.includes(file) && line.includes(command) && !line.includes('\n'), line)
  })
}

test('what is wrong with the page itself is no matter of results', () => {
  const page = (): string => {
    throw new RangeError('no figures')
  }
  assert.throws(() => writePage(join(folder, 'unwritten.md'), page), RangeError)
})
