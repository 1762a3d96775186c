import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SessionStream } from '../../session.ts'
import type { SessionFlowControlOptions } from '../../session-limits.ts'
import { ManualClock } from '../../testing/manual-clock.ts'
import {
  assertWholeBothWays,
  becomes,
  harness,
  nextStream,
  readAll,
  sessionAccount,
  settled,
  utf8,
  writeAll,
  writeSome,
} from '../../testing/pair.ts'
import type { WebTransportSession } from '../webtransport-session.ts'

const LIMITS: SessionFlowControlOptions = { maxIncomingBidi: 3, maxIncomingUni: 2, receiveWindow: 10_000 }

/** Two sessions whose ends both declare these limits. */
async function limited(limits: SessionFlowControlOptions = LIMITS) {
  const made = await harness({ sessionFlowControl: limits })
  const [client, peer] = await Promise.all([made.dial({ sessionFlowControl: limits }), made.accepted()])
  return { ...made, client, peer }
}

const NEGOTIATED: readonly (readonly [
  server: SessionFlowControlOptions | false | undefined,
  client: SessionFlowControlOptions | false | undefined,
  on: boolean,
])[] = [
  [undefined, undefined, false],
  [undefined, LIMITS, true],
  [LIMITS, undefined, false],
  [false, LIMITS, false],
  [LIMITS, LIMITS, true],
]

for (const [ofServer, ofClient, on] of NEGOTIATED) {
  const name = (limits: unknown) => (limits === undefined ? 'as by default' : JSON.stringify(limits))
  test(`session flow control is ${on ? 'on' : 'off'}: server ${name(ofServer)}, client ${name(ofClient)}`, async () => {
    const made = await harness(ofServer === undefined ? {} : { sessionFlowControl: ofServer })
    const dialled = made.dial(ofClient === undefined ? {} : { sessionFlowControl: ofClient })
    const [client, peer] = await Promise.all([dialled, made.accepted()])
    for (const session of [client, peer]) {
      assert.equal(session.description.flowControl !== undefined, on)
      assert.equal(sessionAccount(session, 'bidi', 'us').limit !== null, on)
    }
    assert.deepEqual(client.description.flowControl?.ours, peer.description.flowControl?.theirs)
    await made.server.close()
  })
}

test('a limit that cannot be is refused before anything is sent', async () => {
  for (const receiveWindow of [-1, 1.5, Number.NaN, 2 ** 60]) {
    await assert.rejects(harness({ sessionFlowControl: { receiveWindow } }), { code: 'ERR_INVALID_ARGUMENT' })
  }
  const made = await harness()
  await assert.rejects(made.dial({ sessionFlowControl: { maxIncomingUni: -1 } }), { code: 'ERR_INVALID_ARGUMENT' })
  await made.server.close()
})

for (const side of ['client', 'server'] as const) {
  test(`opens of the ${side} beyond the session's limit wait in its account, and go on as the peer retires streams`, async () => {
    const { client, peer, server } = await limited()
    const [us, them] = side === 'client' ? [client, peer] : [peer, client]
    const first = await Promise.all([us.openStream(), us.openStream(), us.openStream()])
    const fourth = us.openStream()
    await settled()
    const { limit, available, waiting, blockedSince } = sessionAccount(us, 'bidi', 'us')
    assert.deepEqual([limit, available, waiting, blockedSince !== null], [3, 0, 1, true])
    const quic = us.credit.accounts.filter(({ layer, opener }) => layer === 'quic' && opener === 'us')
    assert.ok(quic.every((account) => account.waiting === 0 && (account.available ?? 0) > 0))
    assert.equal(us.tryOpen('bidi'), undefined)
    await becomes(() => sessionAccount(them, 'bidi', 'them').available, 0)

    const incoming = await nextStream(them)
    for (const half of [first[0], incoming]) half?.finish()
    await Promise.all([first[0], incoming].map((half) => half && readAll(half)))
    assert.equal((await fourth).kind, 'bidi')
    assert.equal(sessionAccount(us, 'bidi', 'us').limit, 4)
    assert.equal(sessionAccount(us, 'bidi', 'us').waiting, 0)
    assert.equal(sessionAccount(them, 'bidi', 'them').limit, 4)
    await server.close()
  })
}

test('an open that gets no credit of the session fails with the session account as its proof', async () => {
  const { client, server } = await limited()
  for (let index = 0; index < 2; index++) await client.openUniStream()
  await assert.rejects(
    client.openUniStream({ deadline: 1 }),
    (error: { code?: string; account?: { layer: string; limit: number } }) => {
      assert.equal(error.code, 'ERR_NO_STREAM_CREDIT')
      assert.deepEqual([error.account?.layer, error.account?.limit], ['session', 2])
      return true
    },
  )
  await server.close()
})

test('hundreds of streams each way pass through small limits, and both ends agree at the end', async () => {
  const { client, peer, server } = await limited()
  const echoes = (session: WebTransportSession) => {
    session.onStream = (stream) => void readAll(stream).then((data) => writeAll(stream, data))
  }
  echoes(client)
  echoes(peer)
  const ask = async (session: WebTransportSession) => {
    const stream = await session.openStream({ deadline: 30_000 })
    const answer = readAll(stream)
    await writeAll(stream, utf8('question'))
    assert.equal(Buffer.from(await answer).toString(), 'question')
  }
  await Promise.all([client, peer].flatMap((session) => Array.from({ length: 200 }, () => ask(session))))
  for (const [us, them] of [
    [client, peer],
    [peer, client],
  ] as const) {
    await becomes(() => sessionAccount(us, 'bidi', 'us').live, 0)
    assert.equal(sessionAccount(us, 'bidi', 'us').opened, 200)
    await becomes(() => sessionAccount(them, 'bidi', 'them').live, 0)
    const limits = () => [sessionAccount(us, 'bidi', 'us').limit, sessionAccount(them, 'bidi', 'them').limit]
    await becomes(() => limits().every((limit) => limit === limits()[0]), true)
  }
  await server.close()
})

test('a write is bounded by the data credit of the session, over all its streams', async () => {
  const { client, peer, server } = await limited()
  const [first, second] = await Promise.all([client.openUniStream(), client.openUniStream()])
  assert.equal(first.write(new Uint8Array(6000)), 6000)
  assert.equal(second.write(new Uint8Array(6000)), 4000)
  assert.equal(second.write(new Uint8Array(1)), 0)
  const room = new Promise<void>((resolve) => {
    second.events = { writable: resolve }
  })
  first.finish()
  assert.equal((await readAll(await nextStream(peer, 'uni'))).length, 6000)
  await room
  assert.equal(second.write(new Uint8Array(10_000)), 6000)
  await server.close()
})

test('large data in both directions at once arrives whole through a small window of the session', async () => {
  const { client, peer, server } = await limited()
  await assertWholeBothWays(client, peer)
  await server.close()
})

const LOST: readonly (readonly [how: string, lose: (ours: SessionStream, theirs: SessionStream) => void])[] = [
  ['the writer resets', (ours) => ours.reset(0)],
  ['the reader stops', (_ours, theirs) => theirs.stopSending(0)],
  [
    'the reader stops in the middle',
    (_ours, theirs) => {
      theirs.read(1000)
      theirs.stopSending(0)
    },
  ],
  [
    'both at once',
    (ours, theirs) => {
      ours.reset(0)
      theirs.stopSending(0)
    },
  ],
]

for (const [how, lose] of LOST) {
  test(`the credit of bytes that nobody reads comes back: ${how}`, async () => {
    const { client, peer, server } = await limited()
    for (let round = 0; round < 5; round++) {
      const ours = await client.openUniStream()
      // Seven tenths of the window: without what the last round lost there is no room for the next.
      await writeSome(ours, new Uint8Array(7000))
      const theirs = await nextStream(peer, 'uni')
      lose(ours, theirs)
      await readAll(theirs)
      await becomes(() => sessionAccount(client, 'uni', 'us').live, 0)
    }
    await server.close()
  })
}

/** A pair as `limited`, whose time passes when a test says so. */
async function timed() {
  const clock = new ManualClock()
  const made = await harness({ sessionFlowControl: LIMITS, clock })
  const [client, peer] = await Promise.all([made.dial({ sessionFlowControl: LIMITS, clock }), made.accepted()])
  return { ...made, client, peer, clock }
}

test('a stall at a stream limit of the session has a verdict that names the session', async () => {
  const { client, server, clock } = await timed()
  for (let index = 0; index < 2; index++) await client.openUniStream()
  const open = client.openUniStream({ deadline: Number.POSITIVE_INFINITY })
  await settled()
  clock.advance(2_000)
  assert.equal(client.verdict.code, 'session-limit')
  client.failWaiting(new Error('enough'))
  await assert.rejects(open, /enough/)
  await server.close()
})

test('a stall at the data limit of the session has a verdict at both ends', async () => {
  const { client, peer, server, clock } = await timed()
  const stream = await client.openUniStream()
  assert.equal(stream.write(new Uint8Array(20_000)), 10_000)
  const incoming = await nextStream(peer, 'uni')
  await becomes(() => incoming.read(1) !== undefined, true)
  const codes = () => [client, peer].map(({ verdict }) => verdict.code)
  // The capsule that says so has its way to go.
  await becomes(() => {
    clock.advance(1_000)
    return codes()
  }, ['data-window', 'data-window'])
  for (const [{ verdict }, writer] of [
    [client, 'us'],
    [peer, 'them'],
  ] as const) {
    assert.ok(verdict.code === 'data-window')
    assert.deepEqual([verdict.proof.layer, verdict.proof.writer, verdict.proof.streams], ['session', writer, 1])
  }
  await server.close()
})

test('a stream that was reset while not even its header found room costs no credit of the session', async () => {
  const sessionFlowControl = { maxIncomingUni: 2 }
  // QUIC takes less than a header at once.
  const made = await harness({ sessionFlowControl, transport: { streamReceiveWindow: 2 } })
  const [client, peer] = await Promise.all([made.dial({ sessionFlowControl }), made.accepted()])
  for (let round = 0; round < 5; round++) {
    const lost = client.tryOpen('uni')
    assert.ok(lost !== undefined, `no credit in round ${round}`)
    lost.reset(0)
    await becomes(() => client.liveStreams().length, 0)
  }
  for (const [session, opener] of [
    [client, 'us'],
    [peer, 'them'],
  ] as const) {
    const { limit, opened, available } = sessionAccount(session, 'uni', opener)
    assert.deepEqual([limit, opened, available], [2, 0, 2])
  }
  await made.server.close()
})

test('the end of the session fails what waits for its credit', async () => {
  const { client, peer, server } = await limited()
  const stream = await client.openUniStream()
  assert.equal(stream.write(new Uint8Array(20_000)), 10_000)
  await client.openUniStream()
  const open = client.openUniStream()
  const lost = new Promise<void>((resolve) => {
    stream.events = { lost: resolve }
  })
  peer.close()
  await Promise.all([lost, assert.rejects(open, { code: 'ERR_SESSION_CLOSED' })])
  assert.equal(stream.write(new Uint8Array(1)), 0)
  await server.close()
})
