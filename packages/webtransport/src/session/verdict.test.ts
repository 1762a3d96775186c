import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountProof, NoStreamCreditError, type Verdict } from '@sluice/credit'
import type { Connection } from '@sluice/engine'
import type { ListenOptions } from '../server.ts'
import { letGo } from '../testing/credit.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { becomes, echo, harness, nextStream, pair, readAll, sessionAccount, utf8, writeAll } from '../testing/pair.ts'
import { steadyEngine } from '../testing/steady-engine.ts'
import type { DataStream } from './data-stream.ts'

/** The CONNECT stream takes the first of these. */
const FOUR_STREAMS = { transport: { maxIncomingBidi: 5 } }

/** Longer than credit can be under way between two sockets of one machine. */
const LONG = 3_000

/** A session whose time stands still, and its peer, which can be told to grant no more streams. */
async function frozenPair(options: Partial<ListenOptions> = FOUR_STREAMS) {
  const clock = new ManualClock()
  const connections: Connection[] = []
  const engine = steadyEngine((connection) => connections.push(connection))
  const made = await harness({ ...options, engine, clock })
  const [client, peer] = await Promise.all([made.dial({ clock }), made.accepted()])
  const grantNothing = () => {
    for (const connection of connections) connection.grantStreams = () => {}
  }
  return { clock, client, peer, server: made.server, grantNothing }
}

async function verdictOfOpen(open: Promise<unknown>): Promise<Verdict | null> {
  const error = await open.then(
    () => assert.fail('a stream was opened'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof NoStreamCreditError)
  if (error.verdict?.proof != null) assert.ok(error.message.includes(error.verdict.summary))
  return error.verdict
}

test('a session with credit left is healthy, with its streams live and when they are over', async () => {
  const { client, peer, server } = await pair()
  const stream = await client.openStream()
  assert.equal(client.verdict.code, 'healthy')
  letGo(stream)
  const incoming = await nextStream(peer)
  incoming.reset(0)
  await readAll(incoming)
  await becomes(() => [client.verdict.code, peer.verdict.code, client.liveStreams().length], ['healthy', 'healthy', 0])
  await server.close()
})

test('the records of live streams follow both halves, oldest first', async () => {
  const { client, peer, server } = await pair()
  const [first, second] = [await client.openStream(), await client.openUniStream()]
  first.owner = 'ask'
  first.write(utf8('ask'))
  first.finish()
  const incoming = await nextStream(peer)
  assert.equal((await readAll(incoming)).length, 3)
  const halves = () => client.liveStreams().map(({ id, send, receive }) => [id, send, receive])
  await becomes(halves, [
    [first.id, 'ended', 'open'],
    [second.id, 'open', null],
  ])
  const [seen] = peer.liveStreams(1)
  assert.deepEqual([seen?.opener, seen?.send, seen?.receive], ['them', 'open', 'ended'])
  const named = client.liveStreams().map(({ owner, bytesRead, bytesWritten }) => [owner, bytesRead, bytesWritten])
  assert.deepEqual(named, [
    ['ask', 0, 3],
    [null, 0, 0],
  ])
  assert.deepEqual([seen?.owner, seen?.bytesRead, seen?.bytesWritten], [null, 3, 0])
  assert.ok(seen !== undefined && seen.acceptedAt !== null && seen.acceptedAt >= seen.openedAt)
  incoming.finish()
  await readAll(first)
  second.reset(0)
  await becomes(() => sessionAccount(client, 'bidi', 'us').live, 0)
  await server.close()
})

test('streams that nobody accepts are named at the end that does not accept them', async () => {
  const { clock, client, peer, server } = await frozenPair()
  for (let count = 0; count < 4; count += 1) await client.openStream()
  await becomes(() => sessionAccount(peer, 'bidi', 'them').opened, 4)
  const judged = () => peer.verdict
  assert.equal(judged().code, 'healthy')
  clock.advance(LONG)
  const found = judged()
  const { code } = found
  const proof = accountProof(found)
  assert.deepEqual([code, proof?.holders.notAccepted, proof?.blockedFor], ['not-accepted', 4, LONG])
  peer.onStream = () => {}
  await becomes(() => sessionAccount(peer, 'bidi', 'them').accepted, 4)
  assert.equal(judged().code, 'healthy')
  await server.close()
})

test('an open that fails while every stream is in use says that the limit is too small', async () => {
  const { clock, client, server } = await frozenPair()
  for (let count = 0; count < 4; count += 1) await client.openStream()
  const verdict = verdictOfOpen(client.openStream({ deadline: LONG }))
  clock.advance(LONG)
  const found = await verdict
  const { code } = found ?? {}
  const proof = accountProof(found)
  assert.deepEqual([code, proof?.holders.inUse, proof?.window], ['limit-too-small', 4, 5])
  assert.equal(proof?.oldest?.kind, 'bidi')
  await server.close()
})

test('an open that fails because the peer ends no half says so, and so does the peer', async () => {
  const { clock, client, peer, server } = await frozenPair()
  peer.onStream = (stream) => void readAll(stream)
  for (let count = 0; count < 4; count += 1) (await client.openStream()).finish()
  await becomes(() => client.liveStreams().filter(({ send }) => send === 'ended').length, 4)
  await becomes(() => peer.liveStreams().filter(({ receive }) => receive === 'ended').length, 4)
  const verdict = verdictOfOpen(client.openStream({ deadline: LONG }))
  await becomes(() => client.connectionStats().frames.sent.streamsBlockedBidi, 1)
  await becomes(() => peer.connectionStats().frames.received.streamsBlockedBidi, 1)
  clock.advance(LONG)
  const ours = await verdict
  assert.deepEqual([ours?.code, accountProof(ours)?.holders.receiveOpen], ['half-open', 4])
  assert.deepEqual([peer.verdict.code, accountProof(peer.verdict)?.holders.sendOpen], ['half-open', 4])
  await server.close()
})

test('streams closed here and kept by the peer are not released', async () => {
  const { clock, client, server } = await frozenPair()
  for (let count = 0; count < 4; count += 1) {
    const stream = await client.openStream()
    letGo(stream)
  }
  clock.advance(LONG)
  const verdict = verdictOfOpen(client.openStream({ deadline: LONG }))
  clock.advance(LONG)
  const found = await verdict
  const { code } = found ?? {}
  const proof = accountProof(found)
  assert.deepEqual([code, proof?.holders.notReleased], ['not-released', 4])
  await server.close()
})

test('a peer that stops giving credit back is named once all is over here', async () => {
  const { clock, client, peer, server, grantNothing } = await frozenPair()
  echo(peer)
  grantNothing()
  for (let count = 0; count < 4; count += 1) {
    const stream = await client.openStream()
    stream.finish()
    await readAll(stream)
  }
  await becomes(() => sessionAccount(client, 'bidi', 'us').live, 0)
  const verdict = verdictOfOpen(client.openStream({ deadline: LONG }))
  assert.equal(client.verdict.code, 'refill-pending')
  clock.advance(LONG)
  const found = await verdict
  const { code } = found ?? {}
  const proof = accountProof(found)
  assert.deepEqual([code, proof?.unreturned, proof?.account.live], ['credit-withheld', 4, 1])
  await server.close()
})

test('what is withheld is counted from the window that the peer has grown to', async () => {
  const governor = { floor: { bidi: 9, uni: 4 }, ceiling: { bidi: 32, uni: 4 } }
  const { clock, client, peer, server, grantNothing } = await frozenPair({ governor })
  echo(peer)
  const open = () => client.openStream({ reserved: true })
  const streams: DataStream[] = []
  // The CONNECT stream has taken one.
  while (streams.length < 31) streams.push(await open())
  await becomes(() => client.credit.accounts.find(({ kind, opener }) => kind === 'bidi' && opener === 'us')?.limit, 32)
  grantNothing()
  for (const stream of streams) stream.finish()
  await Promise.all(streams.map(readAll))
  await becomes(() => sessionAccount(client, 'bidi', 'us').live, 0)
  const verdict = verdictOfOpen(client.openStream({ deadline: LONG }))
  clock.advance(LONG)
  const found = await verdict
  const proof = accountProof(found)
  assert.deepEqual([found?.code, proof?.window, proof?.unreturned], ['credit-withheld', 9, 31])
  await server.close()
})

test('traffic that flows is never called stalled, however small the limit', async () => {
  const { clock, client, peer, server } = await frozenPair()
  echo(peer)
  const found = new Set<string>()
  const exchange = async (): Promise<void> => {
    for (let count = 0; count < 50; count += 1) {
      const stream = await client.openStream()
      const answer = readAll(stream)
      await writeAll(stream, utf8('ping'))
      await answer
      clock.advance(10)
      found.add(client.verdict.code).add(peer.verdict.code)
    }
  }
  await Promise.all(Array.from({ length: 8 }, exchange))
  for (const flowing of ['healthy', 'refill-pending', 'limit-too-small']) found.delete(flowing)
  assert.deepEqual([...found], [])
  await server.close()
})

test('a session that ended is gone, whoever ended it', async () => {
  const { client, peer, server } = await pair()
  client.close()
  assert.equal(client.verdict.code, 'session-gone')
  await peer.closed
  assert.equal(peer.verdict.code, 'session-gone')
  await client.closed
  assert.equal(client.verdict.code, 'session-gone')
  await server.close()
})
