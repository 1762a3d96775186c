import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { LiveStream } from '@sluice/credit'
import type { SessionEnd, SessionStream } from '@sluice/webtransport'
import { BrowserLedger } from '../browser/ledger.ts'
import { type MemorySession, sessionPair } from '../testing/session-pair.ts'
import { turn, until } from '../testing/streams.ts'
import { RenewableSession } from './renewable-session.ts'

const LINGER = 5_000
const DRAIN_TIME = 30_000

/** A session that can be replaced, and the peer's end of the first of its sessions. */
function renewable(options: { limit?: number; closesIdle?: boolean } = {}) {
  const [near, far] = sessionPair(options)
  const session = new RenewableSession(near, { drainTime: DRAIN_TIME, closesIdle: options.closesIdle ?? true })
  return { session, near, far }
}

async function ended(session: MemorySession): Promise<SessionEnd | undefined> {
  let end: SessionEnd | undefined
  session.closed.then((settled) => {
    end = settled
  })
  await turn()
  await turn()
  return end
}

/** Time that passes only when the test says so; immediates are real. */
function stopTime(t: TestContext): (span: number) => void {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  return (span) => t.mock.timers.tick(span)
}

test('an open that waits when the session is replaced is served by the fresh one', async () => {
  const { session } = renewable({ limit: 1 })
  await session.openStream()
  const waiting = session.openStream()
  const [fresh, peer] = sessionPair()
  session.renew(fresh)
  await waiting
  assert.equal(peer.credit.accounts[1]?.opened, 1)
})

test('the deadline of an open counts from its beginning, however often the session is replaced', async (t) => {
  const pass = stopTime(t)
  const { session } = renewable({ limit: 0 })
  const open = session.openStream({ deadline: 1_000 })
  const rejected = assert.rejects(open, { code: 'ERR_NO_STREAM_CREDIT' })
  for (let count = 0; count < 3; count += 1) {
    pass(300)
    session.renew(sessionPair({ limit: 0 })[0])
    await turn()
  }
  pass(100)
  await rejected
})

test('streams of the peer are taken from the old session and from the fresh one', async () => {
  const { session, far } = renewable()
  const taken: SessionStream[] = []
  session.onStream = (stream) => taken.push(stream)
  const [fresh, peer] = sessionPair()
  session.renew(fresh)
  await Promise.all([far.openStream(), peer.openStream()])
  await until(() => taken.length === 2)
  session.onStream = undefined
  await Promise.all([far.openStream(), peer.openStream()])
  await turn()
  assert.equal(taken.length, 2)
})

test('the end that dialled closes the old session once it has been idle for a while, and no sooner', async (t) => {
  const pass = stopTime(t)
  const { session, near, far } = renewable()
  const stream = await session.openStream()
  session.renew(sessionPair()[0])
  pass(LINGER)
  assert.equal(await ended(near), undefined)
  far.onStream = (incoming) => {
    incoming.finish()
    incoming.stopSending(0)
  }
  await turn()
  stream.finish()
  stream.stopSending(0)
  await until(() => near.credit.accounts[0]?.live === 0)
  pass(LINGER - 1)
  assert.equal(await ended(near), undefined)
  pass(1)
  assert.deepEqual(await ended(near), { kind: 'clean', remote: false, closeCode: 0, reason: '' })
  assert.equal((await session.openStream()).opener, 'us')
})

test('an old session on which streams of the peer were not delivered is closed soon, so that they fail', async (t) => {
  const pass = stopTime(t)
  const { session, near } = renewable()
  const page = new BrowserLedger()
  const nothing = { limit: null, opened: 0, live: 0, notAccepted: 0, waiting: 0 }
  page.hear({ us: nothing, them: { ...nothing, opened: 1, live: 1 } })
  // A jump would be a page that was held up.
  for (let passed = 0; passed < page.patience; passed += 50) pass(50)
  assert.equal(page.verdict(false).code, 'not-delivered')
  near.suffer(page.verdict(false))
  session.renew(sessionPair()[0])
  pass(249)
  assert.equal(await ended(near), undefined)
  pass(1)
  assert.equal((await ended(near))?.kind, 'clean')
})

test('streams that do not end keep the old session for a bound, and are told when it is over', async (t) => {
  const pass = stopTime(t)
  const { session, near } = renewable()
  let lost = 0
  session.onLost = () => {
    lost += 1
  }
  await session.openStream()
  session.renew(sessionPair()[0])
  pass(DRAIN_TIME - 1)
  assert.equal(await ended(near), undefined)
  pass(1)
  assert.equal((await ended(near))?.kind, 'clean')
  assert.equal(lost, 1)
})

test('the end that did not dial leaves closing to the other, which has longer', async (t) => {
  const pass = stopTime(t)
  const { session, near } = renewable({ closesIdle: false })
  session.renew(sessionPair()[0])
  pass(DRAIN_TIME)
  assert.equal(await ended(near), undefined)
  pass(10_000)
  assert.equal((await ended(near))?.kind, 'clean')
})

test('it is over when its last session is, and then only', async () => {
  const { session, near } = renewable()
  const [fresh] = sessionPair()
  session.renew(fresh)
  let end: SessionEnd | undefined
  session.closed.then((settled) => {
    end = settled
  })
  near.lose(new Error('old'))
  await turn()
  assert.equal(end, undefined)
  fresh.lose(new Error('gone'))
  await turn()
  assert.deepEqual(end, { kind: 'lost', remote: true, error: new Error('gone') })
})

test('when the fresh session is lost the old one serves again, and is not closed any more', async (t) => {
  const pass = stopTime(t)
  const { session, near } = renewable()
  const [fresh] = sessionPair()
  session.renew(fresh)
  fresh.lose(new Error('gone'))
  await turn()
  assert.equal(session.current, near)
  pass(2 * DRAIN_TIME)
  assert.equal(await ended(near), undefined)
})

test('an open that waits on a fresh session that is lost goes on at the one that stands, for the rest of its time', async (t) => {
  const pass = stopTime(t)
  const { session, near, far } = renewable({ limit: 1 })
  far.onStream = (incoming) => {
    incoming.finish()
    incoming.stopSending(0)
  }
  const held = await session.openStream()
  const [fresh] = sessionPair({ limit: 0 })
  session.renew(fresh)
  const served = session.openStream({ deadline: 1_000 })
  const late = assert.rejects(session.openStream({ deadline: 1_000 }), { code: 'ERR_NO_STREAM_CREDIT' })
  pass(600)
  fresh.lose(new Error('gone'))
  await until(() => near.credit.accounts[0]?.waiting === 2)
  held.finish()
  held.stopSending(0)
  assert.equal((await served).opener, 'us')
  pass(400)
  await late
})

test('an open fails with the last session, and at once when the connection is closed by us', async () => {
  const { session, near } = renewable({ limit: 0 })
  const waiting = assert.rejects(session.openStream(), { code: 'ERR_SESSION_CLOSED' })
  near.lose(new Error('gone'))
  await waiting
  const closing = renewable({ limit: 0 }).session
  const cut = assert.rejects(closing.openStream(), { code: 'ERR_SESSION_CLOSED' })
  closing.renew(sessionPair({ limit: 0 })[0])
  closing.close()
  await cut
})

test('closing closes all, and a fresh session that comes too late is closed', async () => {
  const { session, near } = renewable()
  const [second] = sessionPair()
  session.renew(second)
  session.close()
  const [third] = sessionPair()
  session.renew(third)
  for (const each of [near, second, third]) assert.equal((await ended(each))?.kind, 'clean')
  assert.equal((await session.closed).kind, 'clean')
})

test('only so many sessions are alive under one: the oldest goes', async () => {
  const { session, near } = renewable()
  await session.openStream()
  for (let count = 0; count < 7; count += 1) session.renew(sessionPair()[0])
  assert.equal(await ended(near), undefined)
  session.renew(sessionPair()[0])
  assert.equal((await ended(near))?.kind, 'clean')
})

test('a session that was released lives on, and its end is not ours', async () => {
  const { session, near } = renewable()
  assert.equal(session.release(), near)
  assert.equal((await session.closed).kind, 'clean')
  assert.equal(await ended(near), undefined)
  near.lose(new Error('later'))
  await turn()
})

test('what the peer called itself is told to a fresh session too', () => {
  const { session, near } = renewable()
  session.learn('js-libp2p/3')
  const [fresh] = sessionPair()
  session.renew(fresh)
  assert.deepEqual([near.learned, fresh.learned], [['js-libp2p/3'], ['js-libp2p/3']])
})

test('a request to drain is heard of the session that is in use only', async () => {
  const { session, far } = renewable()
  let asked = 0
  session.onDraining = () => {
    asked += 1
  }
  const [fresh, peer] = sessionPair()
  session.renew(fresh)
  far.drain()
  await turn()
  await turn()
  assert.equal(asked, 0)
  peer.drain()
  await turn()
  await turn()
  assert.equal(asked, 1)
})

/** A stream of the peer that is over here and kept, or still in use. */
function streamOfPeer(closedAt: number | null): LiveStream {
  const over = closedAt === null ? 'open' : 'reset'
  const counts = { bytesRead: 0, bytesWritten: 0, owner: null, openedAt: 0, acceptedAt: 0 }
  return { id: 1, kind: 'bidi', opener: 'them', send: over, receive: over, closedAt, ...counts }
}

test('an old session on which the peer lost credit is kept by a stream that is still in use', async (t) => {
  const pass = stopTime(t)
  const { session, near } = renewable()
  near.keep(1)
  near.live = [streamOfPeer(0), streamOfPeer(null)]
  session.renew(sessionPair()[0])
  pass(3_000)
  assert.equal(await ended(near), undefined)
  near.live = [streamOfPeer(0)]
  pass(1_000)
  assert.equal((await ended(near))?.kind, 'clean')
})

test('an old session on which the peer lost credit is not closed before nothing has ended there for a while', async (t) => {
  const pass = stopTime(t)
  const { session, near } = renewable()
  near.keep(1)
  session.renew(sessionPair()[0])
  for (let count = 0; count < 9; count += 1) {
    near.live = [streamOfPeer(0), streamOfPeer(Date.now())]
    pass(999)
    assert.equal(await ended(near), undefined)
  }
  pass(1_000)
  assert.equal((await ended(near))?.kind, 'clean')
})

test('the stream of Noise, which go-libp2p never ends, keeps no session on which the peer has opened streams', async (t) => {
  const pass = stopTime(t)
  const { session, near } = renewable()
  const unended = { ...streamOfPeer(0), opener: 'us', send: 'finished', receive: 'stopped' } as const
  near.keep(1)
  near.live = [{ ...unended, owner: 'noise' }, unended]
  session.renew(sessionPair()[0])
  pass(9_000)
  assert.equal(await ended(near), undefined)
  near.live = near.live.slice(0, 1)
  pass(1_000)
  assert.equal((await ended(near))?.kind, 'clean')
})

test('a session of which the peer lost nothing is replaced without further streams', async () => {
  const { session } = renewable()
  const [fresh] = sessionPair()
  session.renew(fresh)
  await turn()
  assert.equal(fresh.credit.accounts[0]?.opened, 0)
})
