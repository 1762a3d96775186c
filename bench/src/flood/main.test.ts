import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

/** The command as a process; its pipes are its children's too, so that 'close' comes when all have ended. */
function flood(...args: string[]) {
  const program = fileURLToPath(new URL('main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@sluice/source', program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { output: '', error: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.error += text
  })
  return { child, said, ended: once(child, 'close') }
}

test('--help says what there is, and measures nothing', async () => {
  const { said, ended } = flood('--help')
  assert.deepEqual(await ended, [0, null])
  assert.match(said.output, /^Usage: npm run bench:flood/)
})

test('a command line that it does not understand ends with exit code 2 and one line', async () => {
  const { said, ended } = flood('--speed')
  assert.deepEqual(await ended, [2, null])
  assert.match(said.error, /^[^\n]*--speed[^\n]*\n/)
  assert.doesNotMatch(said.error, /^\s+at /m)
})

test('an interruption ends it and all its processes, with exit code 130', async () => {
  const { child, said, ended } = flood('--span', '600000')
  await once(child.stderr, 'data')
  child.kill('SIGINT')
  assert.deepEqual(await ended, [130, null])
  assert.equal(said.output, '')
})
