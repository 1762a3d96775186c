import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import type { Verdict } from '@sluice/credit'
import { proofOf } from '@sluice/credit/testing'
import type { Session } from '@sluice/webtransport'
import { type MemorySession, sessionPair } from '../testing/session-pair.ts'
import { turn } from '../testing/streams.ts'
import { DiallerRecovery } from './dialler-recovery.ts'
import { ListenerRecovery } from './listener-recovery.ts'
import type { ConnectionRecovery, RecoveryContext, RecoveryOptions } from './recovery.ts'
import { RenewableSession } from './renewable-session.ts'

const WITHHELD: Verdict = {
  code: 'credit-withheld',
  harmless: false,
  summary: 'withheld',
  proof: proofOf({ account: { retired: 100, live: 0 }, unreturned: 100 }),
}
const FORGOTTEN: Verdict = {
  code: 'half-open',
  harmless: false,
  summary: 'forgotten',
  proof: proofOf({ holders: { sendOpen: 9 } }),
}
const HEALTHY: Verdict = { code: 'healthy', harmless: true, summary: 'healthy', proof: null }

/** Milliseconds. */
const STEP = 50

interface Rig<R extends ConnectionRecovery> {
  readonly session: RenewableSession
  readonly near: MemorySession
  readonly far: MemorySession
  readonly recovery: R
  /** The steps that were counted, in order. */
  readonly steps: string[]
  readonly reclaims: number[]
  pass(span: number): Promise<void>
}

/** What keeps one connection from standing still, in time that passes only when the test says so. */
function rig<R extends ConnectionRecovery>(
  t: TestContext,
  make: (context: RecoveryContext) => R,
  options: RecoveryOptions = {},
): Rig<R> {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  t.mock.method(performance, 'now', () => Date.now())
  const [near, far] = sessionPair()
  const session = new RenewableSession(near, { drainTime: 1_000_000, closesIdle: false })
  const steps: string[] = []
  const reclaims: number[] = []
  const recovery = make({
    session,
    options,
    log: defaultLogger().forComponent('test'),
    metrics: { increment: (values) => void steps.push(...Object.keys(values)), reset() {} },
  })
  recovery.attach({ endLost() {}, reclaim: (idleFor) => reclaims.push(idleFor) })
  const pass = async (span: number): Promise<void> => {
    for (let left = span; left > 0; left -= STEP) {
      t.mock.timers.tick(Math.min(STEP, left))
      await turn()
    }
  }
  return { session, near, far, recovery, steps, reclaims, pass }
}

/** The end that dialled, and why it gave the connection up. */
function dialler(t: TestContext, dial: (signal: AbortSignal) => Promise<Session>, options: RecoveryOptions = {}) {
  const aborted: Error[] = []
  const abort = (error: Error): void => void aborted.push(error)
  return { ...rig(t, (context) => new DiallerRecovery({ ...context, dial, abort }), options), aborted }
}

/** The end that was dialled. */
function listener(t: TestContext) {
  return rig(t, (context) => new ListenerRecovery(context))
}

test('a stall is nudged, then rotated, and each step is counted', async (t) => {
  const { session, near, steps, pass } = dialler(t, async () => sessionPair()[0])
  near.suffer(WITHHELD)
  await pass(1_000)
  assert.deepEqual(steps, ['nudge', 'rotate_stalled', 'rotated_stalled'])
  assert.equal(near.nudges, 1)
  assert.notEqual(session.current, near)
  await pass(60_000)
  assert.equal(steps.length, 3)
})

test('a stall that is over before its time is left alone', async (t) => {
  const { near, steps, pass } = dialler(t, async () => sessionPair()[0])
  near.suffer(WITHHELD)
  await pass(100)
  near.suffer(HEALTHY)
  await pass(60_000)
  assert.deepEqual(steps, ['nudge'])
})

test('what the application here forgot is reclaimed now and then, and never rotated', async (t) => {
  const { near, steps, reclaims, pass } = dialler(t, async () => sessionPair()[0], { reclaimAfter: 7_000 })
  near.suffer(FORGOTTEN)
  await pass(10_000)
  assert.ok(steps.length >= 3 && steps.length < 10)
  assert.deepEqual(new Set(steps), new Set(['reclaim']))
  assert.deepEqual(new Set(reclaims), new Set([7_000]))
})

test('a fresh session that cannot be had is tried for with back-off; then the connection is given up, with its verdict', async (t) => {
  const { near, steps, aborted, pass } = dialler(t, () => Promise.reject(new Error('unreachable')), { maxUseless: 3 })
  near.suffer(WITHHELD)
  await pass(20_000)
  const tries = ['rotate_stalled', 'rotation_failed']
  assert.deepEqual(steps, ['nudge', ...tries, ...tries, ...tries, 'close'])
  const [error, ...more] = aborted
  assert.ok(error !== undefined && 'code' in error && 'verdict' in error)
  assert.deepEqual([error.code, error.verdict, more], ['ERR_CONNECTION_STALLED', WITHHELD, []])
})

test('an end that cannot dial asks by DRAIN and by what else there is, and the peer brings the fresh session', async (t) => {
  const { session, near, far, recovery, steps, pass } = listener(t)
  let asked = 0
  recovery.askBy(async () => {
    asked += 1
  })
  const drained = far.draining
  near.suffer(WITHHELD)
  await pass(1_000)
  await drained
  const [fresh] = sessionPair()
  assert.equal(recovery.mayAdopt, true)
  recovery.adopt(fresh)
  assert.deepEqual([asked, session.current === fresh, recovery.mayAdopt], [1, true, false])
  await pass(300)
  assert.equal(recovery.mayAdopt, true)
  assert.deepEqual(steps, ['nudge', 'rotate_stalled', 'adopted'])
})

test('an end that cannot dial never closes the connection, and asks no more often than its back-off allows', async (t) => {
  const { session, near, recovery, steps, pass } = listener(t)
  recovery.askBy(() => Promise.reject(new Error('no')))
  near.suffer(WITHHELD)
  await pass(200_000)
  assert.equal(session.current, near)
  assert.deepEqual(steps, ['nudge', ...Array(4).fill('rotate_stalled')])
})

test('who asks for a fresh session hears whether there is one', async (t) => {
  let dials = 0
  const { recovery, near, pass } = dialler(t, async () => {
    dials += 1
    if (dials === 1) throw new Error('unreachable')
    return sessionPair()[0]
  })
  const outcomes: boolean[] = []
  const ask = () => void recovery.requestRotation().then((renewed) => outcomes.push(renewed))
  ask()
  await pass(100)
  assert.deepEqual(outcomes, [false])
  ask()
  await pass(2_000)
  assert.deepEqual(outcomes, [false, true])
  near.lose(new Error('gone'))
  await pass(100)
})

test('a dial under way when the connection ends is given up, and a session that comes all the same is closed', async (t) => {
  const [fresh] = sessionPair()
  let given: AbortSignal | undefined
  const dialled = Promise.withResolvers<Session>()
  const { recovery, near, pass } = dialler(t, (signal) => {
    given = signal
    return dialled.promise
  })
  const outcome = recovery.requestRotation()
  near.lose(new Error('gone'))
  await pass(100)
  assert.equal(given?.aborted, true)
  assert.equal(await outcome, false)
  dialled.resolve(fresh)
  await pass(100)
  assert.equal((await fresh.closed).kind, 'clean')
  assert.equal(await recovery.requestRotation(), false)
})

test('a session that keeps too many streams of the peer is worn, each time, and nothing waits for it', async (t) => {
  const dialled: MemorySession[] = []
  const dial = async (): Promise<Session> => {
    const [fresh] = sessionPair()
    dialled.push(fresh)
    return fresh
  }
  const { session, near, steps, pass } = dialler(t, dial, { rotateAfter: { unreleased: 24 } })
  near.keep(23)
  await pass(10_000)
  assert.deepEqual(steps, [])
  near.keep(24)
  near.keep(25)
  await turn()
  assert.deepEqual(steps, ['rotate_worn', 'rotated_worn'])
  // What is lost on the old one counts no more.
  near.keep(60)
  dialled[0]?.keep(24)
  await turn()
  assert.equal(steps.length, 4)
  assert.equal(session.current, dialled[1])
})

test('a worn session that serves again, as the fresh one was lost, is replaced again', async (t) => {
  const dialled: MemorySession[] = []
  const dial = async (): Promise<Session> => {
    const [fresh] = sessionPair()
    dialled.push(fresh)
    return fresh
  }
  const { session, near, steps } = dialler(t, dial, { rotateAfter: { unreleased: 24 } })
  near.keep(24)
  await turn()
  assert.equal(session.current, dialled[0])
  dialled[0]?.lose(new Error('gone'))
  await turn()
  assert.deepEqual(steps, ['rotate_worn', 'rotated_worn', 'rotate_worn', 'rotated_worn'])
  assert.equal(session.current, dialled[1])
})
