import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { SessionStream } from '@sluice/webtransport'
import { type MemorySession, sessionPair } from '../testing/session-pair.ts'
import { turn, until } from '../testing/streams.ts'
import { RenewableSession } from './renewable-session.ts'
import { WornSessions } from './worn-sessions.ts'

/** More than a dial and a few turns of the event loop. */
const LATER = 30_000

/** A connection in a page whose sessions wear out, and a peer that can be dialled. */
function worn(t: TestContext) {
  const [near] = sessionPair()
  const session = new RenewableSession(near, { drainTime: 120_000, closesIdle: true })
  t.after(() => session.close())
  /** The peer's ends of what was dialled, and how long that takes. */
  const far: MemorySession[] = []
  let dials: Promise<void> = Promise.resolve()
  const sessions = new WornSessions(session, async () => {
    await dials
    const [ours, theirs] = sessionPair()
    far.push(theirs)
    return ours
  })
  const rotate = async (): Promise<void> => {
    const old = session.current
    const fresh = await sessions.next()
    session.renew(fresh)
    sessions.replaced(old, fresh)
  }
  const hold = (until: Promise<void>): void => {
    dials = until
  }
  return { session, near, far, sessions, rotate, hold }
}

function takenBy(peer: MemorySession | undefined): SessionStream[] {
  const taken: SessionStream[] = []
  if (peer !== undefined) peer.onStream = (stream) => taken.push(stream)
  return taken
}

test('the peer is led to the fresh session by more streams there, until the old one is over', async (t) => {
  const { near, far, rotate } = worn(t)
  await rotate()
  const taken = takenBy(far[0])
  await until(() => taken.length === 32)
  for (const stream of taken) {
    assert.equal(Buffer.from(stream.read() ?? []).toString(), '\x13/multistream/1.0.0\n')
    assert.equal(stream.receiveState, 'open')
  }
  near.close()
  await until(() => taken.every((stream) => stream.read() === undefined && stream.receiveState === 'ended'))
})

test('a session that is replaced in turn loses its further streams', async (t) => {
  const { far, rotate } = worn(t)
  await rotate()
  const taken = takenBy(far[0])
  await until(() => taken.length === 32)
  await rotate()
  await until(() => {
    for (const stream of taken) while (stream.read() !== undefined);
    return taken.every(({ receiveState }) => receiveState === 'ended')
  })
})

test('after the first rotation a fresh session stands ready, however long a dial takes', async (t) => {
  const { session, far, rotate, hold } = worn(t)
  await rotate()
  await until(() => far.length === 3)
  hold(new Promise(() => {}))
  for (const expected of [1, 2]) {
    await rotate()
    assert.equal(session.current, far[expected]?.peer)
  }
})

test('what the peer opens on a session that stands ready is taken at once, and lost with it', async (t) => {
  const { session, far, rotate } = worn(t)
  const taken: SessionStream[] = []
  let lost = 0
  session.onStream = (stream) => taken.push(stream)
  session.onLost = () => {
    lost += 1
  }
  await rotate()
  await until(() => far.length === 3)
  await turn()
  await far[2]?.openStream()
  await until(() => taken.length === 1)
  far[2]?.close()
  await until(() => lost === 1)
})

test('a session that ended while it stood ready is not given', async (t) => {
  const { session, far, rotate } = worn(t)
  await rotate()
  await until(() => far.length === 3)
  far[1]?.close()
  await turn()
  await turn()
  await rotate()
  assert.equal(session.current, far[2]?.peer)
})

test('a dial that fails is made again only when a session is needed', async (t) => {
  const { session, far, rotate, hold } = worn(t)
  hold(Promise.reject(new Error('no')))
  await assert.rejects(rotate(), { message: 'no' })
  hold(Promise.resolve())
  await rotate()
  assert.equal(session.current, far[0]?.peer)
})

test('sessions that stand ready are closed when the connection is over', async (t) => {
  const { session, far, rotate } = worn(t)
  await rotate()
  await until(() => far.length === 3)
  await turn()
  session.close()
  const ends = await Promise.all(far.slice(1).map(({ closed }) => closed))
  assert.deepEqual([ends.map(({ kind }) => kind), far.length], [['clean', 'clean'], 3])
})

test('sessions that stand ready are closed when none was needed for long, and what the peer opened on them is lost', async (t) => {
  const { session, far, rotate } = worn(t)
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let lost = 0
  session.onStream = () => {}
  session.onLost = () => {
    lost += 1
  }
  await rotate()
  await until(() => far.length === 3)
  await turn()
  await far[1]?.openStream()
  assert.equal(lost, 0)
  t.mock.timers.tick(LATER)
  const ends = await Promise.all(far.slice(1).map(({ closed }) => closed))
  // The one that was replaced goes by then, too.
  assert.deepEqual([ends.map(({ kind }) => kind), far.length, lost], [['clean', 'clean'], 3, 3])
  session.close()
})

test('a session that comes when the connection is over is closed, and no timer is left', async (t) => {
  const { session, near, far, sessions, hold } = worn(t)
  const dials = Promise.withResolvers<void>()
  hold(dials.promise)
  const next = sessions.next()
  near.lose(new Error('the peer is gone'))
  await session.closed
  const timers = t.mock.method(globalThis, 'setTimeout').mock
  dials.resolve()
  await next
  assert.equal((await far[0]?.closed)?.kind, 'clean')
  assert.deepEqual([timers.callCount(), far.length], [0, 1])
})

test('one that was to stand ready, and comes when the connection is over, is closed', async (t) => {
  const { session, far, rotate, hold } = worn(t)
  await rotate()
  await until(() => far.length === 3)
  const dials = Promise.withResolvers<void>()
  hold(dials.promise)
  await rotate()
  session.close()
  await session.closed
  dials.resolve()
  await until(() => far.length === 4)
  assert.equal((await far[3]?.closed)?.kind, 'clean')
})

test('sessions that stand ready keep no process alive', async (t) => {
  const alive = (): number => process.getActiveResourcesInfo().filter((what) => what === 'Timeout').length
  const { far, rotate } = worn(t)
  const before = alive()
  await rotate()
  await until(() => far.length === 3)
  assert.equal(alive(), before)
})
