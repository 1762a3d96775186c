import assert from 'node:assert/strict'
import test from 'node:test'
import { Child } from './child.ts'
import { ChildError } from './errors.ts'

const never = new AbortController().signal
const isReady = `console.log('{"ready":true,"address":"here","versions":{"a":"1"}}')`
const start = (script: string, signal = never) => Child.start('child', process.execPath, ['-e', script], signal)
/** Answers each line that it gets with `answer`. */
const answering = (answer: string) => `${isReady}; process.stdin.on('data', () => console.log('${answer}'))`

test('a child that is ready tells its address and versions, and ends when it is told to', async () => {
  const [child, ready] = await start(`${isReady}; process.stdin.resume()`)
  assert.deepEqual(ready, { ready: true, address: 'here', versions: { a: '1' } })
  await child.end()
})

test('a command is answered by an outcome', async () => {
  const [child] = await start(answering('{"count":3,"seconds":2}'))
  assert.deepEqual(await child.run({ measure: 'dials', seconds: 1 }, never), { count: 3, seconds: 2 })
  await child.end()
})

test('a failure, nonsense and an early end are each a ChildError', async () => {
  for (const script of [answering('{"error":"no"}'), answering('{"count":"three"}'), answering('what?')]) {
    const [child] = await start(script)
    await assert.rejects(child.run({ measure: 'dials', seconds: 1 }, never), ChildError)
    await child.end()
  }
  await assert.rejects(start(`console.error('sorry'); process.exit(3)`), ChildError)
  await assert.rejects(start(`console.log('{"ready":"soon"}')`), ChildError)
})

test('a program that does not exist is a ChildError', async () => {
  await assert.rejects(Child.start('child', '/no/such/program', [], never), ChildError)
})

test('an interruption ends a child that hangs, with its own reason', async () => {
  const interruption = new AbortController()
  const reason = new Error('interrupted')
  const [child] = await start(`${isReady}; setInterval(() => {}, 1000)`)
  const waiting = child.run({ measure: 'dials', seconds: 1 }, interruption.signal)
  interruption.abort(reason)
  await assert.rejects(waiting, reason)
  await child.end()
})
