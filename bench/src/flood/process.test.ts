import assert from 'node:assert/strict'
import test from 'node:test'
import { ChildError } from '../errors.ts'
import { FloodProcess } from './process.ts'

const never = new AbortController().signal

test('a process that has ended is a ChildError to who waits for its answer, and to who asks then', async () => {
  const server = new FloodProcess('server', [], never)
  const waiting = assert.rejects(server.ask('ready'), ChildError)
  await server.end()
  await waiting
  await assert.rejects(server.ask('ready'), ChildError)
  await server.end()
})

test('an interruption ends the wait for an answer with its own reason', async () => {
  const interruption = new AbortController()
  const reason = new Error('interrupted')
  const server = new FloodProcess('server', [], interruption.signal)
  const waiting = server.ask('ready')
  interruption.abort(reason)
  await assert.rejects(waiting, reason)
  await assert.rejects(server.ask('ready'), reason)
  await server.end()
})
