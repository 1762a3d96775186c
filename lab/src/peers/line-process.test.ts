import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommandFailedError, LabTimeoutError, PeerGoneError } from '../errors.ts'
import type { CommandOptions } from './commands.ts'
import { LineProcess } from './line-process.ts'

interface Commands {
  double: { options: CommandOptions & { readonly number: number }; result: number }
  fail: { options: CommandOptions; result: null }
  hang: { options: CommandOptions; result: null }
  exit: { options: CommandOptions; result: null }
}

const program = `
  console.log(JSON.stringify({ event: 'listening' }))
  process.stderr.write('a word of explanation')
  require('node:readline').createInterface({ input: process.stdin }).on('line', (text) => {
    const { id, command, number } = JSON.parse(text)
    if (command === 'double') console.log(JSON.stringify({ id, ok: true, result: 2 * number }))
    if (command === 'fail') console.log(JSON.stringify({ id, ok: false, error: 'no luck' }))
    if (command === 'exit') process.exit(3)
  })
`

function start(): LineProcess<Commands, { event: 'listening' }> {
  return new LineProcess('the peer', process.execPath, ['-e', program])
}

test('matches answers to commands by their id, and ends with its stdin', async () => {
  const peer = start()
  await peer.started('listening', 10_000)
  const numbers = [1, 2, 3]
  const answers = await Promise.all(numbers.map((number) => peer.request('double', { number })))
  assert.deepEqual(answers, [2, 4, 6])
  await assert.rejects(peer.request('fail', {}), CommandFailedError)
  await peer.stop()
  await assert.rejects(peer.request('double', { number: 1 }), PeerGoneError)
})

test('fails what is pending when the process ends or is killed, and says what it wrote', async () => {
  const exiting = start()
  await exiting.started('listening', 10_000)
  await assert.rejects(exiting.request('exit', {}), { code: 'ERR_PEER_GONE', message: /a word of explanation/ })
  const killed = start()
  await killed.started('listening', 10_000)
  const pending = assert.rejects(killed.request('hang', {}), PeerGoneError)
  await killed.kill()
  await pending
})

test('kills a process that does not start, and names one that cannot be started', async () => {
  const silent = new LineProcess<Commands, { event: 'listening' }>('silent', process.execPath, [
    '-e',
    'setInterval(() => {}, 1000)',
  ])
  await assert.rejects(silent.started('listening', 1), (error) => {
    return error instanceof PeerGoneError && error.cause instanceof LabTimeoutError
  })
  const missing = new LineProcess<Commands, { event: 'listening' }>('missing', '/does/not/exist', [])
  await assert.rejects(missing.started('listening', 10_000), PeerGoneError)
})
