import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ManualClock } from '../testing/manual-clock.ts'
import {
  becomes,
  harness,
  nextStream,
  pair,
  readAll,
  sessionAccount,
  settled,
  utf8,
  writeAll,
} from '../testing/pair.ts'
import type { WebTransportSession } from './webtransport-session.ts'

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0'
const CHROMIUM = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'

/** A server that takes its client for this browser, and closes with the test; `clock` is the server's. */
async function towards(t: TestContext, userAgent: string) {
  const clock = new ManualClock()
  const made = await harness({ clock })
  t.after(async () => {
    let closed = false
    const closing = made.server.close().then(() => (closed = true))
    await becomes(() => {
      clock.advance(150)
      return closed
    }, true)
    await closing
  })
  const headers = [['user-agent', userAgent]] as const
  const [page, node] = await Promise.all([made.dial({ headers }), made.accepted()])
  return { page, node, clock }
}

/** The same, and a stream of the page's on which it has asked something. */
async function asked(t: TestContext, userAgent: string) {
  const ends = await towards(t, userAgent)
  const taken = nextStream(ends.node)
  const theirs = await ends.page.openStream()
  theirs.write(utf8('request'))
  return { ...ends, theirs, ours: await taken }
}

/** The same, and a stream of the node's that the page is about to take. */
async function opened(t: TestContext, userAgent: string) {
  const ends = await towards(t, userAgent)
  const taken = nextStream(ends.page)
  return { ...ends, ours: await ends.node.openStream(), taken }
}

async function emptied(...sessions: readonly WebTransportSession[]): Promise<void> {
  for (const session of sessions) {
    await becomes(
      () => [sessionAccount(session, 'bidi', 'us').live, sessionAccount(session, 'bidi', 'them').live],
      [0, 0],
    )
  }
}

test('both ends of a connection between nodes of ours know what the other is', async () => {
  const { client, peer, server } = await pair()
  assert.equal(client.profile.name, 'sluice')
  assert.equal(peer.profile.name, 'sluice')
  await server.close()
})

test('a client is known by its user agent, and better once identify has told its version', async (t) => {
  const { node } = await towards(t, 'Mozilla/5.0 Gecko/20100101 Firefox/')
  assert.equal(node.profile.name, 'sluice')
  node.learn(`js-libp2p/3.3.11 browser/${FIREFOX}`)
  assert.equal(node.profile.name, 'firefox')
})

test('towards Firefox a reset takes STOP_SENDING along, and the reader here is told', async (t) => {
  const { page, node, theirs, ours } = await asked(t, FIREFOX)
  let told = false
  ours.events = { readable: () => (told = true) }
  const stopped = new Promise((resolve) => {
    theirs.events = { stopped: ({ app }) => resolve(app) }
  })
  ours.reset(7)
  assert.equal(await stopped, 7)
  await becomes(() => told, true)
  // What is here already can still be read.
  assert.equal(Buffer.from(ours.read() ?? []).toString(), 'request')
  assert.equal(ours.read(), undefined)
  assert.equal(ours.receiveState, 'stopped')
  await readAll(theirs)
  assert.equal(theirs.receiveState, 'reset')
  await emptied(page, node)
})

test('towards Firefox STOP_SENDING waits as long as there is something to send, and what comes is read away', async (t) => {
  const { page, node, clock, theirs, ours } = await asked(t, FIREFOX)
  let stops = 0
  const answer = readAll(theirs)
  theirs.events = { ...theirs.events, stopped: () => (stops += 1) }
  ours.stopSending(0)
  assert.equal(ours.receiveState, 'stopped')
  assert.equal(ours.read(), undefined)
  await writeAll(theirs, new Uint8Array(3_000_000))
  await writeAll(ours, utf8('the answer'))
  assert.equal(Buffer.from(await answer).toString(), 'the answer')
  await emptied(page, node)
  assert.equal(stops, 0)
  assert.equal(clock.pending, 1, 'only the look of the governor at all streams')
})

test('towards Firefox a half that the page never ends is stopped in the end', async (t) => {
  const { page, node, clock, theirs, ours } = await asked(t, FIREFOX)
  let stops = 0
  theirs.events = { stopped: () => (stops += 1) }
  ours.stopSending(0)
  ours.finish()
  await becomes(() => theirs.read() ?? theirs.receiveState, 'ended')
  assert.equal(stops, 0)
  // Its time begins with the acknowledgment of our FIN, whenever that comes.
  await becomes(() => {
    clock.advance(2_000)
    return stops
  }, 1)
  await readAll(theirs)
  await emptied(page, node)
})

test('towards Firefox a body without end is cut off after a bound, on both halves, though we still send', async (t) => {
  const { page, node } = await towards(t, FIREFOX)
  const taken = nextStream(node)
  const theirs = await page.openStream()
  const chunk = new Uint8Array(262_144)
  const pour = (): void => {
    while (theirs.stopCode === undefined && theirs.write(chunk) === chunk.length);
  }
  const stopped = new Promise((resolve) => {
    theirs.events = { writable: pour, stopped: resolve }
  })
  pour()
  const ours = await taken
  ours.write(utf8('still here'))
  ours.stopSending(0)
  await stopped
  await readAll(theirs)
  assert.equal(theirs.receiveState, 'reset')
  await emptied(page, node)
})

test('towards a browser a stream is not reset before the page can have it', async (t) => {
  const { page, node, clock, ours, taken } = await opened(t, CHROMIUM)
  ours.reset(1)
  ours.stopSending(1)
  const theirs = await taken
  let stops = 0
  theirs.events = { stopped: () => (stops += 1) }
  await settled()
  assert.equal(theirs.read(), undefined)
  assert.equal(theirs.receiveState, 'open')
  assert.equal(stops, 0)
  clock.advance(150)
  await readAll(theirs)
  assert.equal(theirs.receiveState, 'reset')
  await emptied(page, node)
})

test('towards a browser the first byte of an answer lets a reset go', async (t) => {
  const { page, node, clock, ours, taken } = await opened(t, CHROMIUM)
  ours.reset(1)
  ours.stopSending(1)
  const theirs = await taken
  theirs.write(utf8('x'))
  await readAll(theirs)
  assert.equal(theirs.receiveState, 'reset')
  await emptied(page, node)
  assert.equal(clock.now(), 0)
})

test('towards a browser codes that it would read as 0 become 255', async (t) => {
  const { page, node } = await towards(t, CHROMIUM)
  for (const [sent, seen] of [
    [255, 255],
    [256, 255],
    [0xffff_ffff, 255],
  ] as const) {
    const taken = nextStream(node)
    const theirs = await page.openStream()
    theirs.write(utf8('x'))
    ;(await taken).reset(sent)
    theirs.finish()
    await readAll(theirs)
    assert.equal(theirs.resetCode?.app, seen)
  }
})

test('towards Firefox the FIN of an empty stream waits until the header has arrived', async (t) => {
  const { page, node, clock, ours, taken } = await opened(t, FIREFOX)
  ours.finish()
  const theirs = await taken
  await settled()
  assert.equal(theirs.read(), undefined)
  assert.equal(theirs.receiveState, 'open')
  // Acknowledgments may be delayed: it looks again and again.
  await becomes(() => {
    clock.advance(50)
    return theirs.read() ?? theirs.receiveState
  }, 'ended')
  theirs.finish()
  await readAll(ours)
  await emptied(page, node)
})

test('the end of a session waits for nothing', async (t) => {
  const { page, node, clock, ours, taken } = await opened(t, FIREFOX)
  ours.reset(1)
  await taken
  node.close()
  await page.closed
  await emptied(page, node)
  assert.equal(clock.now(), 0)
})

test('towards Chromium no stream of a session that we close is reset, and the close comes when all else has arrived', async (t) => {
  const { page, node, clock, theirs, ours } = await asked(t, CHROMIUM)
  const told: string[] = []
  ours.events = { lost: () => told.push('lost here') }
  theirs.events = { stopped: () => told.push('stopped'), lost: () => told.push('lost there') }
  node.close({ closeCode: 7 })
  assert.deepEqual(told, ['lost here'], 'whoever has the stream knows at once')
  const late = await page.openStream()
  late.write(utf8('too late'))
  await settled()
  assert.deepEqual(told, ['lost here'])
  assert.equal(late.stopCode, undefined)
  clock.advance(150)
  await becomes(() => told, ['lost here', 'lost there'])
  assert.equal(theirs.resetCode, undefined)
  // The page closes its connection by itself; ours waits as long again.
  clock.advance(150)
  const end = await page.closed
  assert.equal(end.kind === 'clean' && end.closeCode, 7)
  assert.equal((await node.closed).kind, 'clean')
  await emptied(page, node)
})

test('towards Chromium a reset that waits for the page is not sent beside the end of the session', async (t) => {
  const { node, clock, ours, taken } = await opened(t, CHROMIUM)
  ours.reset(1)
  ours.stopSending(1)
  const theirs = await taken
  node.close()
  clock.advance(150)
  await becomes(() => theirs.receiveState, 'lost')
  assert.equal(theirs.resetCode, undefined)
})

test('towards Chromium a close that waits is sent at once when the page closes as well', async (t) => {
  const { page, node, clock } = await asked(t, CHROMIUM)
  node.close({ closeCode: 7 })
  page.close({ closeCode: 8 })
  clock.advance(0)
  const [ours, theirs] = await Promise.all([node.closed, page.closed])
  assert.equal(ours.kind === 'clean' && ours.closeCode, 7)
  assert.equal(theirs.kind === 'clean' && theirs.closeCode, 8)
  assert.equal(clock.now(), 0)
})
