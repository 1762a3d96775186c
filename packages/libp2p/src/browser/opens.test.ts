import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { CreditAccount, type Verdict } from '@sluice/credit'
import { turn } from '../testing/streams.ts'
import { Opens } from './opens.ts'

const HEALTHY: Verdict = { code: 'healthy', harmless: true, proof: null, summary: '' }
/** Longer than the queue ever waits before it tries again. */
const LATER = 1_000

/** A platform with as much credit as the test gives it, which rejects an open without, as Chromium does. */
function platform(t: TestContext, rejects = true) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  const state = { credit: 0, asked: 0, discarded: 0 }
  const account = new CreditAccount({ layer: 'quic', kind: 'bidi', opener: 'us' }, null)
  const opens = new Opens<string>({
    open: async () => {
      state.asked += 1
      if (state.credit === 0) throw new DOMException('no credit', 'NetworkError')
      state.credit -= 1
      return 'stream'
    },
    discard: () => {
      state.discarded += 1
    },
    account,
    rejects,
    verdict: () => HEALTHY,
  })
  const pass = async (time: number): Promise<void> => {
    t.mock.timers.tick(time)
    await turn()
  }
  return { opens, state, account, pass }
}

test('an open that waits is served once there is credit', async (t) => {
  const { opens, state, pass } = platform(t)
  const open = opens.open()
  await turn()
  state.credit = 1
  await pass(LATER)
  assert.equal(await open, 'stream')
})

for (const [when, delay] of [
  ['while the queue waits before it tries again', 5],
  ['while the platform works on it', 10],
] as const) {
  test(`opens that were all given up ${when} do not keep the queue waiting for ever`, async (t) => {
    const { opens, state, pass } = platform(t)
    const giving = new AbortController()
    const given = assert.rejects(opens.open({ signal: giving.signal }), { name: 'AbortError' })
    await turn()
    t.mock.timers.tick(delay)
    giving.abort()
    await given
    await turn()
    await pass(LATER)
    state.credit = 1
    const open = opens.open()
    await pass(LATER)
    assert.equal(await Promise.race([open, turn()]), 'stream')
    assert.equal(state.discarded, 0)
  })
}

test('a stream that comes for nobody any more is discarded', async (t) => {
  const { opens, state } = platform(t)
  state.credit = 1
  const giving = new AbortController()
  const given = assert.rejects(opens.open({ signal: giving.signal }), { name: 'AbortError' })
  giving.abort()
  await given
  await turn()
  assert.deepEqual([state.asked, state.discarded], [1, 1])
})

test('where the platform says at once that there is no credit, an open waits for it from then on', async (t) => {
  const { opens, account, state, pass } = platform(t)
  const open = opens.open()
  assert.equal(account.waiting, false)
  await turn()
  assert.equal(account.waiting, true)
  const behind = opens.open()
  assert.equal(account.snapshot().waiting, 2)
  state.credit = 2
  await pass(LATER)
  assert.deepEqual(await Promise.all([open, behind]), ['stream', 'stream'])
  assert.deepEqual([account.snapshot().waiting, account.lastServedAt], [0, Date.now()])
})

test('where the platform says nothing, an open is taken to wait for credit from the beginning', (t) => {
  const { opens, account } = platform(t, false)
  opens.open({ deadline: LATER }).catch(() => {})
  assert.equal(account.waiting, true)
})

test('a stream that the platform only took its time for is no sign of credit', async (t) => {
  const { opens, account, state } = platform(t)
  state.credit = 1
  await opens.open()
  assert.deepEqual([account.waiting, account.lastServedAt], [false, null])
})
