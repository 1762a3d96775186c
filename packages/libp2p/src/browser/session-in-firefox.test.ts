import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { account, sessions, taken } from '../testing/browser-sessions.ts'
import { platformStream } from '../testing/platform-stream.ts'
import { turn, until } from '../testing/streams.ts'

/** Sessions that are made from now on are Firefox's. */
function inFirefox(t: TestContext): void {
  Object.defineProperty(globalThis, 'navigator', {
    value: { userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0' },
    configurable: true,
  })
  t.after(() => Reflect.deleteProperty(globalThis, 'navigator'))
}

test('a stream of the peer whose end the browser lost is kept in the count of credit for as long as the session lasts', async (t) => {
  inFirefox(t)
  const { us, near } = sessions()
  let told = 0
  let idle = 0
  us.onUnreleased = () => (told += 1)
  us.onIdle = () => (idle += 1)
  const states: string[] = []
  us.onStream = (stream) => {
    const readable = (): void => {
      while (stream.read() !== undefined);
      if (stream.receiveState !== 'open') states.push(stream.receiveState)
    }
    stream.events = { readable }
    readable()
  }
  const ends = [platformStream(), platformStream(), platformStream()] as const
  for (const { stream } of ends) near.receive(stream)
  await until(() => account(us, 'them').accepted === 3)
  await turn()
  ends[0].finish()
  ends[1].reset()
  ends[2].spoil()
  await until(() => states.length === 3 && idle === 1)
  assert.deepEqual(states.toSorted(), ['ended', 'reset', 'spoiled'])
  assert.equal(told, 1)
  assert.equal(us.unreleased, 1)
  assert.equal(account(us, 'them').live, 1)
  const [kept, ...more] = us.liveStreams()
  assert.ok(kept?.closedAt !== null && more.length === 0)
  us.close()
  await us.closed
  assert.equal(us.unreleased, 0)
  assert.equal(account(us, 'them').live, 0)
})

test('a stream that is kept is over, though nobody has read to its end', async (t) => {
  inFirefox(t)
  const { us, near } = sessions()
  const accepted = taken(us)
  const { stream, spoil } = platformStream()
  near.receive(stream)
  const held = await accepted
  let first: Uint8Array | undefined
  await until(() => {
    first ??= held.read()
    return first !== undefined
  })
  assert.equal(us.liveStreams()[0]?.closedAt, null)
  spoil()
  await until(() => us.unreleased === 1)
  const [kept] = us.liveStreams()
  assert.ok(kept !== undefined && kept.closedAt !== null && kept.send === 'reset')
  assert.equal(held.receiveState, 'open')
  assert.equal(held.read(), undefined)
  assert.equal(held.receiveState, 'spoiled')
})

test('a question whose answer the browser lost is asked again, and counts as one stream', async (t) => {
  inFirefox(t)
  const { us, near } = sessions()
  const opened: ReturnType<typeof platformStream>[] = []
  near.createBidirectionalStream = async () => {
    const one = platformStream()
    opened.push(one)
    return one.stream
  }
  const stream = await us.openStream({ question: true })
  stream.write(Uint8Array.of(7))
  stream.finish()
  await until(() => opened.length === 1)
  opened[0]?.spoil()
  await until(() => opened.length === 2)
  assert.equal(stream.receiveState, 'open')
  opened[1]?.finish()
  let answer: Uint8Array | undefined
  await until(() => {
    answer ??= stream.read()
    return answer !== undefined
  })
  await until(() => stream.read() === undefined && stream.receiveState === 'ended')
  assert.deepEqual(answer, Uint8Array.of(1))
  await until(() => account(us, 'us').live === 0)
  assert.equal(account(us, 'us').opened, 1)
  assert.equal(us.unreleased, 0)
})

test('where cancel is silent, stopping reads to the end instead', async (t) => {
  inFirefox(t)
  const { us, them } = sessions()
  const accepted = taken(them)
  const stream = await us.openStream()
  const far = await accepted
  let stops = 0
  far.events = { stopped: () => (stops += 1) }
  stream.stopSending(0)
  let sent = 0
  await until(() => {
    sent += far.write(new Uint8Array(65_536))
    return sent > 1_000_000
  })
  far.finish()
  stream.finish()
  far.stopSending(0)
  await until(() => account(us, 'us').live === 0)
  assert.equal(stops, 0)
})
