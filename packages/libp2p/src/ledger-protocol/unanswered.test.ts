import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { CreditAccount, StreamLedger } from '@sluice/credit'
import type { Session } from '@sluice/webtransport'
import { unanswered } from './unanswered.ts'

/** A session with one stream that we have just opened, and time that passes only when a test says so. */
function waiting(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const clock = { now: 0 }
  const streams = new StreamLedger(new CreditAccount({ layer: 'session', kind: 'bidi', opener: 'us' }, null))
  const stream = streams.open(0, 0)
  const session: Pick<Session, 'now' | 'liveStreams'> = {
    now: () => clock.now,
    liveStreams: () => [...streams].map((record) => record.snapshot()),
  }
  const state = { told: false, over: false }
  void unanswered(session, () => state.over).then(() => {
    state.told = true
  })
  const pass = async (span: number): Promise<void> => {
    for (let left = span; left > 0; left -= 50) {
      clock.now += 50
      t.mock.timers.tick(50)
      await new Promise(setImmediate)
    }
  }
  return { stream, state, pass }
}

test('a stream of ours on which nothing came back is told of in good time', async (t) => {
  const { state, pass } = waiting(t)
  await pass(50)
  assert.ok(!state.told)
  await pass(200)
  assert.ok(state.told)
})

test('a stream that was answered is not told of, and after a while the question is answered all the same', async (t) => {
  const { stream, state, pass } = waiting(t)
  stream.read(1, 10)
  await pass(3_000)
  assert.ok(!state.told)
  await pass(2_000)
  assert.ok(state.told)
})

test('once the session was replaced nobody is kept waiting', async (t) => {
  const { stream, state, pass } = waiting(t)
  stream.read(1, 10)
  await pass(500)
  state.over = true
  await pass(100)
  assert.ok(state.told)
})
