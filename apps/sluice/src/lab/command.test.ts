import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

function sluice(...args: string[]): { code: number | null; out: string; log: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=@sluice/source', main, ...args], {
    encoding: 'utf8',
  })
  return { code: status, out: stdout, log: stderr }
}

describe('sluice lab', () => {
  it('lists every scenario as one object a line', () => {
    const { code, out } = sluice('lab', 'list', '--json')
    assert.equal(code, 0)
    const scenarios = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.ok(scenarios.some(({ name, expected }) => name === 'go-3038-chromium-v0.51.0' && expected === 'healthy'))
    for (const scenario of scenarios) assert.ok(['name', 'peer', 'pattern', 'expected'].every((key) => key in scenario))
  })

  it('ends as the lab ends when a scenario is not known', () => {
    const { code, log } = sluice('lab', 'run', 'nobody')
    assert.equal(code, 2)
    assert.match(log, /no scenario is called 'nobody'/)
  })

  it('shows its options', () => {
    const { code, out } = sluice('lab', '--help')
    assert.equal(code, 0)
    assert.match(out, /sluice lab run NAME/)
  })
})
