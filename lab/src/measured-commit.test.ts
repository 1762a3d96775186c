import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { measuredCommit } from './measured-commit.ts'

const AUTHOR = ['-c', 'user.name=test', '-c', 'user.email=test@example.com']

test('the commit is marked when code was changed, and not when results were kept or pages made', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-commit-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim()
  const files = ['code.ts', 'docs/page.md', 'lab/results/kept.json']
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text)
  mkdirSync(join(folder, 'docs'))
  mkdirSync(join(folder, 'lab', 'results'), { recursive: true })
  git('init', '--quiet')
  for (const file of files) write(file, 'before')
  git('add', '.')
  git(...AUTHOR, 'commit', '--quiet', '--message', 'all')
  const commit = git('rev-parse', '--short=12', 'HEAD')
  for (const file of files.slice(1)) write(file, 'after')
  assert.equal(measuredCommit(folder), commit)
  write('code.ts', 'after')
  assert.equal(measuredCommit(folder), `${commit}+`)
})
