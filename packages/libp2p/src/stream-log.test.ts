import assert from 'node:assert/strict'
import test from 'node:test'
import type { Logger } from '@libp2p/interface'
import { StreamLogs } from './stream-log.ts'

/** A logger that notes what scopes are made of it, and what is logged where. */
function noting(name: string, enabled: boolean, notes: string[]): Logger {
  const log = (formatter: unknown): void => void notes.push(`${name} says ${formatter}`)
  return Object.assign(log, {
    error: (formatter: unknown) => notes.push(`${name} fails with ${formatter}`),
    trace: () => {},
    enabled,
    newScope: (scope: string) => {
      notes.push(`new ${name}:${scope}`)
      return noting(`${name}:${scope}`, enabled, notes)
    },
  })
}

test('a log that nobody reads makes its scopes once for all streams of a direction', () => {
  const notes: string[] = []
  const logs = new StreamLogs(noting('muxer', false, notes))
  for (const id of ['i0', 'i4', 'i8']) logs.of('inbound', id).newScope('mss:handle')
  logs.of('outbound', 'o1').newScope('mss:select')
  assert.deepEqual(notes, [
    'new muxer:inbound',
    'new muxer:inbound:mss:handle',
    'new muxer:outbound',
    'new muxer:outbound:mss:select',
  ])
})

test('what goes wrong is logged also by a shared log', () => {
  const notes: string[] = []
  new StreamLogs(noting('muxer', false, notes)).of('inbound', 'i0').error('trouble')
  assert.deepEqual(notes.at(-1), 'muxer:inbound fails with trouble')
})

test('a log that is read has a scope for each stream', () => {
  const notes: string[] = []
  const logs = new StreamLogs(noting('muxer', true, notes))
  logs.of('inbound', 'i0')('hello')
  logs.of('inbound', 'i4')('hello')
  assert.deepEqual(notes, [
    'new muxer:inbound:i0',
    'muxer:inbound:i0 says hello',
    'new muxer:inbound:i4',
    'muxer:inbound:i4 says hello',
  ])
})
