import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NoStreamCreditError } from '@sluice/credit'
import type { SessionStream } from '@sluice/webtransport'
import { account, serve, sessions, taken } from '../testing/browser-sessions.ts'
import { FakeWebTransportError } from '../testing/fake-web-transport.ts'
import { turn, until } from '../testing/streams.ts'

test('bytes go both ways, ends are told, and the count of credit comes back to nothing alive', async () => {
  const { us, them } = sessions()
  const accepted = taken(them)
  const stream = await us.openStream()
  assert.equal(stream.write(Uint8Array.of(1, 2, 3)), 3)
  stream.finish()
  const far = await accepted
  await until(() => far.read()?.length === 3)
  await until(() => far.read() === undefined && far.receiveState === 'ended')
  far.finish()
  await until(() => stream.read() === undefined && stream.receiveState === 'ended')
  await until(() => account(us, 'us').live === 0 && account(them, 'them').live === 0)
  assert.equal(us.credit.exact, false)
  assert.equal(account(us, 'us').limit, null)
})

test('what is written is copied, and a full writer says how much it took and when there is room', async () => {
  const { us, them } = sessions()
  const accepted = taken(them)
  const stream = await us.openStream()
  const data = new Uint8Array(1_000_000).fill(7)
  const first = stream.write(data)
  assert.ok(first > 0 && first < data.length)
  data.fill(9)
  let writable = 0
  stream.events = { writable: () => (writable += 1) }
  const far = await accepted
  let read = 0
  await until(() => {
    for (let chunk = far.read(); chunk !== undefined; chunk = far.read()) {
      assert.ok(chunk.every((byte) => byte === 7))
      read += chunk.length
    }
    return read === first
  })
  await until(() => writable === 1)
})

/** Turns of the event loop in the third of a second after which an open is tried again at the latest. */
const WHILE_OPENS_ARE_TRIED_AGAIN = 100_000

for (const withoutCredit of ['rejects', 'hangs'] as const) {
  test(`an open without credit waits where the platform ${withoutCredit}, and is served in order`, async () => {
    const { near, us, them } = sessions({ limit: 4, withoutCredit })
    serve(them)
    const order: number[] = []
    await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const stream = await us.openStream()
        order.push(index)
        stream.events = { readable: () => stream.read() }
        stream.finish()
      }),
    )
    assert.deepEqual(
      order,
      Array.from({ length: 50 }, (_, index) => index),
    )
    assert.ok(near.refused > 0)
    await until(() => account(us, 'us').live === 0, WHILE_OPENS_ARE_TRIED_AGAIN)
    assert.equal(account(us, 'us').waiting, 0)
  })

  test(`an open that gives up where the platform ${withoutCredit} says why, and leaves nothing open`, async () => {
    const { us, them } = sessions({ limit: 1, withoutCredit })
    serve(them)
    const only = await us.openStream()
    await assert.rejects(us.openStream({ deadline: 1 }), { code: 'ERR_NO_STREAM_CREDIT' })
    const controller = new AbortController()
    const waiting = us.openStream({ signal: controller.signal })
    controller.abort(new Error('enough'))
    await assert.rejects(waiting, { message: 'enough' })
    only.events = { readable: () => only.read() }
    only.finish()
    // The open that the platform let hang comes late, and is closed on both halves.
    await until(() => account(us, 'us').live === 0, WHILE_OPENS_ARE_TRIED_AGAIN)
    assert.equal(account(us, 'us').waiting, 0)
  })
}

test('streams of the peer are taken from the platform at once and handed on only to somebody', async () => {
  const { us, them } = sessions()
  for (let count = 0; count < 5; count += 1) await us.openStream()
  await until(() => account(them, 'them').opened === 5)
  assert.equal(account(them, 'them').accepted, 0)
  let handed = 0
  them.onStream = () => {
    handed += 1
  }
  assert.equal(handed, 5)
  assert.equal(account(them, 'them').accepted, 5)
})

test('in Chromium one stream of the peer is taken in a turn of the event loop, however many there are', async (t) => {
  t.mock.getter(navigator, 'userAgent', () => 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0')
  const behind: (() => void)[] = []
  const postTask = (): Promise<void> => new Promise((resolve) => behind.push(resolve))
  Object.assign(globalThis, { scheduler: { postTask } })
  t.after(() => Reflect.deleteProperty(globalThis, 'scheduler'))
  const { us, them } = sessions()
  for (let count = 0; count < 5; count += 1) await us.openStream()
  for (let taken = 1; taken <= 5; taken += 1) {
    await until(() => behind.length === taken)
    assert.equal(account(them, 'them').opened, taken)
    for (let turns = 0; turns < 5; turns += 1) await turn()
    assert.equal(behind.length, taken)
    behind[taken - 1]?.()
  }
})

test('a reset and a stop come with their codes, read from the error and not from its text', async () => {
  const { us, them } = sessions()
  const accepted = taken(them)
  const stream = await us.openStream()
  const far = await accepted
  const stopped = new Promise((resolve) => {
    far.events = { stopped: resolve }
  })
  stream.reset(7)
  stream.stopSending(9)
  assert.deepEqual(await stopped, { app: 9, raw: undefined })
  await until(() => far.read() === undefined && far.receiveState === 'reset')
  assert.deepEqual(far.resetCode, { app: 7, raw: undefined })
  assert.deepEqual(far.stopCode, { app: 9, raw: undefined })
  assert.equal(far.write(Uint8Array.of(1)), 0)
  await until(() => account(us, 'us').live === 0 && account(them, 'them').live === 0)
})

test('a close in order is told to both ends, with code and reason', async () => {
  const { us, them } = sessions()
  const stream = await us.openStream()
  const lost = new Promise<void>((resolve) => {
    stream.events = { lost: resolve }
  })
  them.close({ closeCode: 3, reason: 'done' })
  assert.deepEqual(await us.closed, { kind: 'clean', remote: true, closeCode: 3, reason: 'done' })
  assert.deepEqual(await them.closed, { kind: 'clean', remote: false, closeCode: 3, reason: 'done' })
  await lost
  await assert.rejects(us.openStream(), { code: 'ERR_SESSION_CLOSED' })
  assert.equal(account(us, 'us').live, 0)
})

test('a lost connection fails what waits and is told apart from a close', async () => {
  const { near, us } = sessions({ limit: 0 })
  const waiting = us.openStream()
  const rejected = assert.rejects(waiting, { code: 'ERR_SESSION_CLOSED' })
  near.lose()
  await rejected
  const end = await us.closed
  assert.ok(end.kind === 'lost' && end.remote)
  assert.ok(end.error.cause instanceof FakeWebTransportError)
})

test('an abort is no clean end here', async () => {
  const { us } = sessions()
  us.abort(1, 'test')
  const end = await us.closed
  assert.ok(end.kind === 'lost' && !end.remote)
})

for (const withoutCredit of ['rejects', 'hangs'] as const) {
  test(`where an open without credit ${withoutCredit}, reserved opens go ahead of others that have waited longer`, async () => {
    const { us, them } = sessions({ limit: 2, withoutCredit })
    serve(them)
    const holders = [await us.openStream(), await us.openStream()]
    const order: string[] = []
    const open = async (name: string, reserved: boolean) => {
      const stream = await us.openStream({ reserved })
      order.push(name)
      finish(stream)
    }
    const opens = [open('first', false), open('second', false), open('reserved', true), open('reserved too', true)]
    for (const stream of holders) finish(stream)
    await Promise.all(opens)
    assert.deepEqual(order, ['reserved', 'reserved too', 'first', 'second'])
  })
}

/** Ends our half and reads the peer's away. */
function finish(stream: SessionStream): void {
  stream.events = {
    readable: () => {
      while (stream.read() !== undefined);
    },
  }
  stream.finish()
  while (stream.read() !== undefined);
}

test('an open that fails for want of credit says what holds it, also when the time is that of its signal', async () => {
  const { us } = sessions({ limit: 2 })
  const streams = [await us.openStream(), await us.openStream()]
  for (const stream of streams) stream.owner = '/ipfs/ping/1.0.0'
  const reason = new DOMException('too late', 'TimeoutError')
  const controller = new AbortController()
  const waiting = us.openStream({ signal: controller.signal })
  await turn()
  controller.abort(reason)
  await assert.rejects(waiting, (error) => {
    assert.ok(error instanceof NoStreamCreditError)
    assert.equal(error.cause, reason)
    assert.ok(error.verdict !== null)
    return true
  })
  const own = new Error('no longer wanted')
  await assert.rejects(us.openStream({ signal: AbortSignal.abort(own) }), own)
  assert.deepEqual(
    us.liveStreams().map(({ owner, send }) => [owner, send]),
    [
      ['/ipfs/ping/1.0.0', 'open'],
      ['/ipfs/ping/1.0.0', 'open'],
    ],
  )
})
