import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection } from '@libp2p/interface'
import type { Verdict } from '@sluice/credit'
import { Alarms } from './alarms.ts'

const gone: Verdict = { code: 'session-gone', harmless: false, proof: null, summary: 'the session is over' }
const well: Verdict = { code: 'healthy', harmless: true, proof: null, summary: 'streams can be opened' }

function full(summary: string): Verdict {
  const oldest = {
    id: 0,
    kind: 'bidi',
    opener: 'us',
    owner: null,
    openedAt: 0,
    acceptedAt: 0,
    send: 'open',
    receive: 'open',
    closedAt: null,
    bytesRead: 0,
    bytesWritten: 0,
  } as const
  const frames = { dataBlocked: 1, maxData: 0 }
  const proof = {
    layer: 'quic',
    writer: 'us',
    blockedFor: 400,
    streams: 1,
    frames,
    oldest,
    oldestAge: 1,
    owner: null,
  } as const
  return { code: 'data-window', harmless: false, proof, summary }
}

// What a connection is does not matter to whoever keeps its verdicts.
const connection = {} as Connection

test('a verdict is heard once as long as it stands, told or looked at', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  let standing: Verdict = well
  const alarms = new Alarms(
    () => [connection],
    () => standing,
  )
  alarms.start()
  t.after(() => alarms.stop())
  t.mock.timers.tick(100)
  assert.deepEqual([alarms.heard, alarms.counts], [[], {}])
  alarms.told(connection, full('told'))
  standing = full('looked at')
  t.mock.timers.tick(100)
  assert.deepEqual(
    [alarms.heard.map(({ verdict }) => verdict.summary), alarms.counts],
    [['told'], { 'data-window': 2 }],
  )
  standing = well
  t.mock.timers.tick(50)
  standing = full('again')
  t.mock.timers.tick(50)
  assert.deepEqual(
    alarms.heard.map(({ verdict }) => verdict.summary),
    ['told', 'again'],
  )
})

test('the end of a session calls for nothing', () => {
  const alarms = new Alarms(
    () => [],
    () => null,
  )
  alarms.told(connection, gone)
  assert.deepEqual(alarms.heard, [])
})
