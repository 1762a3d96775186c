import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WebTransportSession } from '../session/webtransport-session.ts'
import type { SessionStream } from '../session.ts'
import { letGo, openAll, quicAccount } from '../testing/credit.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { becomes, type Harness, harness, settled } from '../testing/pair.ts'
import { Governor } from './governor.ts'

/** Streams that the client may have open at once. */
function allowed(session: WebTransportSession): number {
  const { limit, retired } = quicAccount(session, 'us')
  return (limit ?? 0) - retired
}

/** Opens all that it may until that is so many. */
async function growTo(session: WebTransportSession, limit: number): Promise<void> {
  await becomes(() => {
    openAll(session)
    return allowed(session)
  }, limit)
}

/** Without a reserve. */
async function dial(made: Harness): Promise<{ client: WebTransportSession; peer: WebTransportSession }> {
  const [client, peer] = await Promise.all([made.dial({ limits: { reservedStreams: 0 } }), made.accepted()])
  return { client, peer }
}

function end(stream: SessionStream): void {
  stream.reset(0)
  stream.stopSending(0)
}

/** Ends each stream of the peer as it comes. */
function refuse(session: WebTransportSession): void {
  session.onStream = letGo
}

test('a connection begins with its floor, and a busy one gets what it needs up to the ceiling', async () => {
  const made = await harness({ governor: { floor: { bidi: 8, uni: 16 } }, transport: { maxIncomingBidi: 50 } })
  const { client } = await dial(made)
  assert.equal(allowed(client), 8)
  for (const limit of [16, 32, 50]) {
    openAll(client)
    await becomes(() => allowed(client), limit)
  }
  openAll(client)
  await settled()
  assert.equal(allowed(client), 50)
  await made.server.close()
})

test('credit comes back stream by stream, by steps, without end', async () => {
  const made = await harness({ governor: { floor: { bidi: 8, uni: 16 }, budget: 0 } })
  const { client, peer } = await dial(made)
  refuse(peer)
  for (let count = 0; count < 200; count += 1) {
    const stream = await client.openStream()
    letGo(stream)
  }
  await becomes(() => client.liveStreams().length, 0)
  assert.ok(allowed(client) <= 8)
  await made.server.close()
})

test('one budget serves all connections of all servers that share the governor', async () => {
  const governor = new Governor({ floor: { bidi: 4, uni: 16 }, budget: 20 })
  const [one, other] = await Promise.all([harness({ governor }), harness({ governor })])
  const greedy = await dial(one)
  await growTo(greedy.client, 24)
  assert.deepEqual(governor.snapshot, { connections: 1, budget: 20, used: 20, pressed: true })
  const late = await dial(other)
  assert.equal(openAll(late.client).length, 3)
  await settled()
  assert.equal(allowed(late.client), 4, 'its floor')
  greedy.client.close()
  await becomes(() => allowed(late.client) > 4, true)
  await Promise.all([one.server.close(), other.server.close()])
  assert.equal(governor.snapshot.connections, 0)
  assert.equal(governor.snapshot.used, 0)
})

test('who opens streams only to reset them gets their credit back at a bounded rate', async () => {
  const clock = new ManualClock()
  const governor = new Governor({ budget: 0, wastedPerSecond: 1, wastedPerSecondOfAll: 100 }, clock)
  const made = await harness({ governor, transport: { maxIncomingBidi: 8 } })
  const { client, peer } = await dial(made)
  peer.onStream = (stream) => {
    const read = () => {
      while (stream.read() !== undefined);
      if (stream.receiveState === 'reset') stream.reset(0)
    }
    stream.events = { readable: read }
  }
  let opened = 0
  const flood = (until: number) =>
    becomes(() => {
      for (const stream of openAll(client)) {
        opened += 1
        end(stream)
      }
      return opened
    }, until)
  // The window beside the CONNECT stream, and what is saved up at the start.
  await flood(7 + 8)
  await settled(50)
  assert.equal(openAll(client).length, 0)
  clock.advance(2_000)
  await flood(7 + 8 + 2)
  await made.server.close()
})

test('a budget that is no number is refused', () => {
  for (const budget of [-1, Number.NaN]) {
    assert.throws(() => new Governor({ budget }), { code: 'ERR_INVALID_ARGUMENT' })
  }
})

test('a client may govern what its server opens', async () => {
  const governor = new Governor({ floor: { bidi: 4, uni: 16 } })
  const made = await harness({ limits: { reservedStreams: 0 } })
  const [, peer] = await Promise.all([made.dial({ governor, transport: { maxIncomingBidi: 12 } }), made.accepted()])
  assert.equal(allowed(peer), 4)
  for (const limit of [8, 12]) {
    openAll(peer)
    await becomes(() => allowed(peer), limit)
  }
  await made.server.close()
})
