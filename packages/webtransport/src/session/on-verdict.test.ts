import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Verdict } from '@sluice/credit'
import { ManualClock } from '../testing/manual-clock.ts'
import { becomes, echo, harness, nextStream, readAll, sessionAccount } from '../testing/pair.ts'
import { steadyEngine } from '../testing/steady-engine.ts'

/** In which a stall must have its name. */
const SECOND = 1_000

/** Longer than credit may be under way on this path, and not so long that the event loop itself is blamed. */
const HELD = 350

/** A session whose time stands still, and what each of its ends is told. */
async function told(transport: { readonly [option: string]: number }) {
  const clock = new ManualClock()
  const { dial, accepted, server } = await harness({ transport, clock, engine: steadyEngine() })
  const [client, peer] = await Promise.all([dial({ clock }), accepted()])
  const verdicts: { readonly client: Verdict[]; readonly peer: Verdict[] } = { client: [], peer: [] }
  client.onVerdict((verdict) => verdicts.client.push(verdict))
  peer.onVerdict((verdict) => verdicts.peer.push(verdict))
  const codes = () => [verdicts.client.map(({ code }) => code), verdicts.peer.map(({ code }) => code)]
  return { clock, client, peer, server, verdicts, codes }
}

test('a stall has its name within a second of the first open that waits, once, and its end is told', async () => {
  const { clock, client, peer, server, codes } = await told({ maxIncomingBidi: 5 })
  const streams = []
  for (let count = 0; count < 4; count += 1) streams.push(await client.openStream())
  const fifth = client.openStream()
  clock.advance(SECOND)
  assert.deepEqual(codes()[0], ['limit-too-small'])
  clock.advance(5 * SECOND)
  assert.deepEqual(codes()[0], ['limit-too-small'])
  echo(peer)
  for (const stream of streams) {
    stream.finish()
    await readAll(stream)
  }
  await fifth
  clock.advance(SECOND)
  assert.deepEqual(codes()[0], ['limit-too-small', 'healthy'])
  client.close()
  await server.close()
})

test('where whoever takes a stream speaks first, streams that are not taken are told from streams that are in use', async () => {
  const { clock, client, peer, server, verdicts, codes } = await told({ maxIncomingBidi: 5 })
  const silent = []
  for (let count = 0; count < 4; count += 1) silent.push(await client.openStream({ answered: true }))
  const fifth = client.openStream({ answered: true })
  clock.advance(SECOND)
  assert.deepEqual(codes()[0], ['not-accepted'])
  assert.match(verdicts.client[0]?.summary ?? '', /the application at the peer has not accepted 4 of /)
  peer.onStream = (stream) => stream.write(Uint8Array.of(1))
  for (const stream of silent) await becomes(() => stream.read()?.length, 1)
  clock.advance(2 * SECOND)
  assert.deepEqual(codes()[0], ['not-accepted', 'limit-too-small'])
  client.close()
  await assert.rejects(fifth)
  await server.close()
})

test('nobody is blamed for what happened while the event loop was held up, and what lasts longer gets its name', async () => {
  const { clock, client, server, codes } = await told({ maxIncomingBidi: 5 })
  for (let count = 0; count < 4; count += 1) (await client.openStream()).finish()
  const fifth = client.openStream()
  clock.hold(SECOND)
  assert.deepEqual(codes()[0], ['late-event-loop'])
  clock.advance(2 * SECOND)
  assert.deepEqual(codes()[0], ['late-event-loop', 'half-open'])
  client.close()
  await assert.rejects(fifth)
  await server.close()
})

test('nor by whoever asks before the watch has its turn again, for streams whose last word may have come meanwhile', async () => {
  const { clock, client, server, codes } = await told({ maxIncomingBidi: 5 })
  const streams = []
  for (let count = 0; count < 4; count += 1) streams.push(await client.openStream())
  const asked: string[] = []
  clock.after(50, () => asked.push(client.verdict.code))
  const fifth = client.openStream()
  for (const stream of streams) {
    stream.reset(0)
    stream.stopSending(0)
  }
  clock.hold(HELD)
  assert.deepEqual(asked, ['healthy'])
  assert.deepEqual(codes()[0], [])
  await fifth
  client.close()
  await server.close()
})

test('the end that does not accept is told that the peer is blocked by it', async () => {
  const { clock, client, peer, server, codes } = await told({ maxIncomingBidi: 5 })
  for (let count = 0; count < 4; count += 1) await client.openStream()
  await becomes(() => sessionAccount(peer, 'bidi', 'them').opened, 4)
  const fifth = client.openStream({ deadline: Number.POSITIVE_INFINITY })
  await becomes(() => {
    clock.advance(SECOND)
    return codes()[1]
  }, ['not-accepted'])
  client.close()
  await assert.rejects(fifth)
  await server.close()
})

test('data that waits for the window of the connection is told from streams that wait', async () => {
  const { clock, client, peer, server, verdicts } = await told({
    receiveWindow: 2_097_152,
    streamReceiveWindow: 1_500_000,
  })
  const streams = [await client.openStream(), await client.openStream()]
  for (const stream of streams) stream.owner = '/perf/1.0.0'
  const accepted = nextStream(peer)
  const atFirst: string = peer.verdict.code
  assert.equal(atFirst, 'healthy')
  for (const stream of streams) while (stream.write(new Uint8Array(8_192)) === 8_192);
  await becomes(() => client.connectionStats().frames.sent.dataBlocked > 0, true)
  await becomes(() => peer.connectionStats().frames.received.dataBlocked > 0, true)
  await accepted
  const readNothingYet: string = peer.verdict.code
  assert.equal(readNothingYet, 'healthy')
  clock.advance(SECOND)
  const [found] = verdicts.client
  assert.ok(found?.code === 'data-window')
  assert.deepEqual([found.proof.writer, found.proof.owner?.name], ['us', '/perf/1.0.0'])
  const theirs = peer.verdict
  assert.ok(theirs.code === 'data-window')
  assert.equal(theirs.proof.writer, 'them')
  client.close()
  await server.close()
})

for (const size of [100, 8_192]) {
  test(`a first write of ${size} bytes that finds no room even for the header of its stream waits, too`, async () => {
    const { clock, client, server } = await told({ receiveWindow: 1_000_000, streamReceiveWindow: 1_000_000 })
    const full = await client.openStream()
    while (full.write(new Uint8Array(8_192)) === 8_192);
    const second = await client.openStream()
    assert.equal(second.write(new Uint8Array(size)), 0)
    await becomes(() => client.connectionStats().frames.sent.dataBlocked > 0, true)
    clock.advance(SECOND)
    const { verdict } = client
    assert.ok(verdict.code === 'data-window')
    assert.equal(verdict.proof.streams, 2)
    client.close()
    await server.close()
  })
}

test('a write that waited on a stream that was reset is not counted in a later wait', async () => {
  const { clock, client, server } = await told({ receiveWindow: 2_097_152, streamReceiveWindow: 1_500_000 })
  const fill = async () => {
    const stream = await client.openStream()
    while (stream.write(new Uint8Array(8_192)) === 8_192);
    return stream
  }
  const forgotten = await fill()
  const before = client.connectionStats().frames.sent.dataBlocked
  forgotten.reset(0)
  // What was reset is given back; coming later it would end the wait that follows.
  await becomes(() => client.connectionStats().frames.received.maxData, 1)
  clock.advance(10 * SECOND)
  await fill()
  await fill()
  await becomes(() => client.connectionStats().frames.sent.dataBlocked > before, true)
  const atFirst: string = client.verdict.code
  assert.equal(atFirst, 'healthy')
  clock.advance(SECOND)
  const { verdict } = client
  assert.ok(verdict.code === 'data-window')
  assert.equal(verdict.proof.blockedFor, SECOND)
  client.close()
  await server.close()
})
