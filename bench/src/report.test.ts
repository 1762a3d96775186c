import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
after(() => rmSync(folder, { recursive: true }))

const inputs: readonly (readonly [string, string | undefined])[] = [
  ['is missing', undefined],
  ['is not JSON', '{'],
  ['is of another format', '{"format":"another/1"}'],
  ['is no object', 'null'],
]
const reports = [
  ['report.ts', 'npm run bench -- --json'],
  ['flood/report.ts', 'npm run bench:flood -- --json'],
] as const

for (const [program, command] of reports) {
  for (const [what, text] of inputs) {
    test(`${program}: an input that ${what} ends it with exit code 1 and a line that names the command that makes it`, () => {
      const file = join(folder, `${what}.json`)
      if (text !== undefined) writeFileSync(file, text)
      const path = fileURLToPath(new URL(program, import.meta.url))
      const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=@sluice/source', path, file], {
        encoding: 'utf8',
      })
      assert.deepEqual([status, stdout], [1, ''])
      assert.equal(stderr.split('\n').length, 2, stderr)
      assert.ok(stderr.includes(file) && stderr.includes(`${command} ${file}`), stderr)
    })
  }
}
