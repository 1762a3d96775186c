import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ErrorCode, type FlowControlCapsule, type H3StreamError } from '@sluice/h3'
import { ManualClock } from '../../testing/manual-clock.ts'
import { FlowControlDriver } from './flow-control-driver.ts'

const LIMITS = { bidi: 2, uni: 2, data: 100 }

function made() {
  const clock = new ManualClock()
  clock.advance(7)
  const host = {
    room: true,
    clock,
    capsules: [] as FlowControlCapsule[],
    failures: [] as H3StreamError[],
    limits: new Map<string, number>(),
    hasRoom: () => host.room,
    send: (capsule: FlowControlCapsule) => void host.capsules.push(capsule),
    limited: (kind: string, opener: string, limit: number) => void host.limits.set(`${kind} ${opener}`, limit),
    blocked: () => {},
    openable: () => {},
    fail: (error: H3StreamError) => void host.failures.push(error),
  }
  return { host, driver: new FlowControlDriver({ ours: LIMITS, theirs: LIMITS }, host) }
}

/** The end of the turn, at which capsules go out. */
const turn = async (): Promise<void> => await new Promise((resolve) => queueMicrotask(() => resolve()))

test('what happens in one turn makes one capsule of each kind', async () => {
  const { host, driver } = made()
  for (let index = 0; index < 2; index++) driver.peerOpened('bidi')
  for (let index = 0; index < 2; index++) driver.peerRetired('bidi')
  assert.deepEqual(host.capsules, [])
  await turn()
  assert.deepEqual(host.capsules, [{ type: 'max-streams', kind: 'bidi', limit: 4 }])
  assert.equal(host.limits.get('bidi them'), 4)
})

test('a peer that does not read its CONNECT stream gets one capsule with the newest limit once it does', async () => {
  const { host, driver } = made()
  host.room = false
  for (let index = 0; index < 1000; index++) {
    driver.received(10)
    driver.consumed(10)
    if (index % 9 === 0) await turn()
    if (index === 9) break
  }
  assert.deepEqual(host.capsules, [])
  host.room = true
  driver.resume()
  assert.deepEqual(host.capsules, [{ type: 'max-data', limit: 200 }])
})

test('streams that wait for data credit take turns', () => {
  const { driver } = made()
  const served: string[] = []
  const greedy = (name: string) => ({
    onCredit: () => {
      served.push(name)
      const waiter = stream[name as 'a' | 'b']
      driver.sent(waiter, driver.availableTo(waiter))
      driver.wait(waiter)
    },
  })
  const stream = { a: greedy('a'), b: greedy('b') }
  driver.sent({ onCredit: () => {} }, 100)
  driver.wait(stream.a)
  driver.wait(stream.b)
  for (const limit of [200, 300, 400, 500]) driver.capsuleReceived({ type: 'max-data', limit })
  assert.deepEqual(served, ['a', 'b', 'a', 'b'])
})

test('the peer hears once a limit that data or an open waits for it', async () => {
  const { host, driver } = made()
  const waiter = { onCredit: () => {} }
  driver.sent({ onCredit: () => {} }, 100)
  driver.wait(waiter)
  await turn()
  driver.wait(waiter)
  driver.opened('uni')
  driver.opened('uni')
  assert.equal(driver.mayOpen('uni'), false)
  assert.equal(driver.mayOpen('uni'), false)
  await turn()
  assert.deepEqual(host.capsules, [
    { type: 'data-blocked', limit: 100 },
    { type: 'streams-blocked', kind: 'uni', limit: 2 },
  ])
})

test('a peer that opens or sends too much ends the session, once', () => {
  const { host, driver } = made()
  assert.ok(driver.peerOpened('uni'))
  assert.ok(driver.peerOpened('uni'))
  assert.equal(driver.peerOpened('uni'), false)
  driver.end()
  driver.received(101)
  assert.deepEqual(
    host.failures.map(({ httpCode }) => httpCode),
    [ErrorCode.WT_FLOW_CONTROL_ERROR],
  )
})

test('nothing is sent, and nobody is called, once the session is over', async () => {
  const { host, driver } = made()
  driver.sent({ onCredit: () => {} }, 100)
  driver.wait({ onCredit: () => assert.fail('the session is over') })
  driver.end()
  driver.capsuleReceived({ type: 'max-data', limit: 200 })
  driver.peerRetired('bidi')
  driver.resume()
  await turn()
  assert.deepEqual(host.capsules, [])
})

test('each end is known to wait for data credit from its first word of it until the limit is raised', async () => {
  const { host, driver } = made()
  const free = { blockedSince: null, capsules: { dataBlocked: 0, maxData: 0 } }
  assert.deepEqual([driver.data('us'), driver.data('them')], [free, free])
  driver.sent({ onCredit: () => {} }, 100)
  driver.wait({ onCredit: () => {} })
  driver.capsuleReceived({ type: 'data-blocked', limit: 100 })
  await turn()
  host.clock.advance(2)
  driver.capsuleReceived({ type: 'data-blocked', limit: 100 })
  assert.deepEqual(driver.data('us'), { blockedSince: 7, capsules: { dataBlocked: 1, maxData: 0 } })
  assert.deepEqual(driver.data('them'), { blockedSince: 7, capsules: { dataBlocked: 2, maxData: 0 } })
  driver.capsuleReceived({ type: 'max-data', limit: 200 })
  driver.received(100)
  driver.consumed(100)
  await turn()
  assert.deepEqual(driver.data('us'), { blockedSince: null, capsules: { dataBlocked: 1, maxData: 1 } })
  assert.deepEqual(driver.data('them'), { blockedSince: null, capsules: { dataBlocked: 2, maxData: 1 } })
  // One that crossed the new limit.
  driver.capsuleReceived({ type: 'data-blocked', limit: 100 })
  assert.equal(driver.data('them').blockedSince, null)
})
