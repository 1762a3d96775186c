import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { Session } from '@sluice/webtransport'
import { type Taker, takesStreams } from './takes-streams.ts'

type Taken = Pick<Session, 'onStream' | 'closed'>

test('the taker of a session is replaced once there is one', async () => {
  const session: Taken = { onStream: undefined, closed: new Promise(() => {}) }
  const properly: Taker = () => {}
  const badly: Taker = () => {}
  let given: Taker | undefined
  takesStreams(session, (before) => {
    given = before
    return badly
  })
  await turn()
  assert.equal(session.onStream, undefined)
  session.onStream = properly
  while (given === undefined) await turn()
  assert.deepEqual([given, session.onStream], [properly, badly])
})
