import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SessionStream } from '@sluice/webtransport'
import { sessionPair } from '../testing/session-pair.ts'
import { turn, until } from '../testing/streams.ts'
import { weighDown } from './ballast.ts'

const WEIGHT = 32

test('a stream that the peer gave up on after a while is replaced, and one that it did not want is not', async (t) => {
  t.mock.timers.enable({ apis: ['Date'] })
  const [near, far] = sessionPair()
  const taken: SessionStream[] = []
  far.onStream = (stream) => taken.push(stream)
  const end = weighDown(near)
  await until(() => taken.length === WEIGHT)
  const giveUp = (stream: SessionStream | undefined): void => {
    stream?.stopSending(0)
    stream?.reset(0)
  }
  giveUp(taken[0])
  await until(() => near.credit.accounts[0]?.live === WEIGHT - 1)
  await turn()
  assert.equal(taken.length, WEIGHT)
  t.mock.timers.tick(10_000)
  for (const stream of taken.slice(1)) giveUp(stream)
  await until(() => taken.length === 2 * WEIGHT - 1)
  end()
  for (const stream of taken.slice(WEIGHT)) {
    while (stream.read() !== undefined);
    assert.equal(stream.receiveState, 'ended')
    stream.finish()
  }
  await until(() => near.credit.accounts[0]?.live === 0)
  assert.equal(taken.length, 2 * WEIGHT - 1)
})
