import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LabTimeoutError, PeerGoneError } from '../errors.ts'
import { EventLog, within } from './event-log.ts'

test('keeps events from before the wait, and tells those of one name apart by their index', async () => {
  const log = new EventLog<{ event: string; number: number }>()
  log.push({ event: 'connected', number: 1 })
  log.push({ event: 'disconnected', number: 2 })
  log.push({ event: 'connected', number: 3 })
  assert.equal(log.count('connected'), 2)
  assert.equal((await log.wait('connected', 0, 1_000)).number, 1)
  assert.equal((await log.wait('connected', 1, 1_000)).number, 3)
})

test('wakes a wait by the event that it is for', async () => {
  const log = new EventLog<{ event: string }>()
  const wait = log.wait('disconnected', 0, 1_000)
  log.push({ event: 'connected' })
  log.push({ event: 'disconnected' })
  assert.deepEqual(await wait, { event: 'disconnected' })
})

test('fails a wait with a typed error when the peer ends or the time is over', async () => {
  const log = new EventLog<{ event: string }>()
  await assert.rejects(log.wait('connected', 0, 1), LabTimeoutError)
  const wait = log.wait('connected', 0, 1_000)
  log.end()
  await assert.rejects(wait, PeerGoneError)
  await assert.rejects(within(new Promise(() => {}), 1, 'nothing'), LabTimeoutError)
})
