import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import type { CommandIo } from './command.ts'
import { run } from './run.ts'

/** Runs the command and gives its exit code and what it wrote. */
async function sluice(...args: string[]): Promise<{ code: number; out: string; log: string }> {
  const written = { out: '', log: '' }
  const stream = (name: 'out' | 'log') => ({
    write(text: string) {
      written[name] += text
      return true
    },
  })
  const io = { environment: {}, stdout: stream('out'), stderr: stream('log') } as unknown as CommandIo
  return { code: await run(args, io), ...written }
}

describe('sluice', () => {
  for (const flag of ['--help', '-h', 'help']) {
    it(`lists its commands for ${flag}`, async () => {
      const { code, out, log } = await sluice(flag)
      assert.deepEqual([code, log], [0, ''])
      assert.match(out, /^Usage: sluice COMMAND/)
      assert.match(out, /\n {2}serve {2}\w/)
    })
  }

  it('says on stderr what it can do when nothing is asked of it', async () => {
    const { code, out, log } = await sluice()
    assert.deepEqual([code, out], [2, ''])
    assert.match(log, /^Usage: sluice COMMAND/)
  })

  it('prints its version', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
    assert.deepEqual(await sluice('--version'), { code: 0, out: `${version}\n`, log: '' })
  })

  for (const name of ['frobnicate', 'toString', '--frobnicate']) {
    it(`does not know ${name}`, async () => {
      const { code, out, log } = await sluice(name)
      assert.deepEqual([code, out], [2, ''])
      assert.match(log, new RegExp(`unknown command '${name}'`))
    })
  }

  it('shows every option of a command with its variable and its default', async () => {
    const { code, out } = await sluice('serve', '--help')
    assert.equal(code, 0)
    assert.match(out, /--page-port PORT +.*; default 4480 \[SLUICE_PAGE_PORT\]/)
    assert.match(out, /--json +.* \[SLUICE_JSON\]/)
  })

  it('refuses an option that a command does not have', async () => {
    const { code, out, log } = await sluice('serve', '--prot', '1')
    assert.deepEqual([code, out], [2, ''])
    assert.match(log, /^sluice: unknown option '--prot'/)
  })
})
