import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  concat,
  ErrorCode,
  encodeCapsule,
  encodeConnectRequest,
  encodeData,
  encodeFieldSection,
  encodeFrame,
  encodeHeaders,
  encodeVarint,
  SettingId,
} from '@sluice/h3'
import { ManualClock } from './testing/manual-clock.ts'
import { becomes, harness, nextStream, readAll, sessionAccount, settled, utf8 } from './testing/pair.ts'
import { RawPeer, responseFields, type StreamRecord, status } from './testing/raw-peer.ts'

const connectRequest = (path = '/'): Uint8Array =>
  encodeConnectRequest({ protocol: 'webtransport', authority: 'test', path })

const get = encodeHeaders(
  encodeFieldSection([
    [':method', 'GET'],
    [':scheme', 'https'],
    [':authority', 'test'],
    [':path', '/'],
  ]),
)

/** Bidi streams of the peer of which a half is alive. */
function live(peer: RawPeer): number {
  const { opened, retired } = peer.connection.streamCounts('bidi', 'us')
  return opened - retired
}

test('any other request gets 404 and its stream is done with, whatever else it sends', async () => {
  const { engine, server } = await harness()
  const peer = await RawPeer.dial(engine, server.address)
  peer.sendSettings()
  const finished = peer.send('bidi', get, { fin: true })
  const posting = peer.send('bidi', concat(get, encodeData(new Uint8Array(10_000))))
  await becomes(() => status(finished), 404)
  await becomes(() => status(posting), 404)
  await becomes(() => posting.stopped, ErrorCode.H3_NO_ERROR)
  await becomes(() => live(peer), 0)
  await server.close()
})

test('an Extended CONNECT for another protocol gets 501', async () => {
  const { engine, server } = await harness()
  const peer = await RawPeer.dial(engine, server.address)
  peer.sendSettings()
  const stream = peer.send(
    'bidi',
    encodeHeaders(
      encodeFieldSection([
        [':method', 'CONNECT'],
        [':scheme', 'https'],
        [':authority', 'test'],
        [':path', '/'],
        [':protocol', 'connect-udp'],
      ]),
    ),
  )
  await becomes(() => status(stream), 501)
  await becomes(() => live(peer), 0)
  await server.close()
})

for (const refused of [400, 403, 405, 429]) {
  test(`a handler's ${refused} reaches the client, and the credit comes back`, async () => {
    const { engine, server } = await harness({ handler: () => ({ accept: false, status: refused }) })
    const peer = await RawPeer.dial(engine, server.address)
    const stream = await peer.openSession()
    await becomes(() => status(stream), refused)
    await becomes(() => live(peer), 0)
    await server.close()
  })
}

test('a handler that throws, or answers what cannot be sent, costs its client a 500 and nothing else', async () => {
  const errors: unknown[] = []
  const answers = [
    () => Promise.reject(new Error('the database is down')),
    () => ({ accept: true, protocol: 'not offered' }) as const,
    () => ({ accept: false, status: 200 }) as const,
  ]
  const { engine, server } = await harness({
    handler: () => answers.shift()?.() ?? { accept: true },
    onHandlerError: (error) => errors.push(error),
  })
  const peer = await RawPeer.dial(engine, server.address)
  const first = await peer.openSession()
  const later: StreamRecord[] = []
  for (let i = 0; i < 3; i++) {
    const stream = peer.send('bidi', connectRequest())
    later.push(stream)
    await becomes(() => stream.received.length > 0, true)
  }
  assert.deepEqual([first, ...later].map(status), [500, 500, 500, 200])
  assert.equal(errors.length, 3)
  await becomes(() => live(peer), 1)
  await server.close()
})

test('a second CONNECT on a connection is refused with H3_REQUEST_REJECTED', async () => {
  const { engine, server } = await harness()
  const peer = await RawPeer.dial(engine, server.address)
  await peer.openSession()
  const second = peer.send('bidi', connectRequest())
  await becomes(() => second.stopped, ErrorCode.H3_REQUEST_REJECTED)
  await becomes(() => second.stream.resetCode, ErrorCode.H3_REQUEST_REJECTED)
  await becomes(() => live(peer), 1)
  await server.close()
})

test('sessions above the limit get 429 until one ends', async () => {
  const made = await harness({ maxSessions: 1 })
  const first = await made.dial()
  const peer = await RawPeer.dial(made.engine, made.server.address)
  assert.equal(status(await peer.openSession()), 429)
  first.close()
  await first.closed
  const again = peer.send('bidi', connectRequest())
  await becomes(() => status(again), 200)
  await made.server.close()
})

test('a session is counted again after its handler took its time', async () => {
  const release = Promise.withResolvers<void>()
  const made = await harness({
    maxSessions: 1,
    handler: async ({ path }) => {
      if (path === '/slow') await release.promise
      return { accept: true }
    },
  })
  const peer = await RawPeer.dial(made.engine, made.server.address)
  peer.sendSettings()
  const slow = peer.send('bidi', connectRequest('/slow'))
  await made.dial()
  release.resolve()
  await becomes(() => slow.received.length > 0, true)
  assert.equal(status(slow), 429)
  await made.server.close()
})

for (const [token, settings, dialect] of [
  ['webtransport', [[SettingId.H3_DATAGRAM, 1]], 'draft-02'],
  [
    'webtransport',
    [
      [SettingId.H3_DATAGRAM, 1],
      [SettingId.ENABLE_WEBTRANSPORT, 1],
    ],
    'draft-02',
  ],
  [
    'webtransport',
    [
      [SettingId.H3_DATAGRAM, 1],
      [SettingId.WEBTRANSPORT_MAX_SESSIONS, 1],
    ],
    'draft-07',
  ],
  [
    'webtransport',
    [
      [SettingId.H3_DATAGRAM, 1],
      [SettingId.WT_MAX_SESSIONS, 1],
    ],
    'draft-14',
  ],
  [
    'webtransport-h3',
    [
      [SettingId.H3_DATAGRAM, 1],
      [SettingId.WT_ENABLED, 1],
    ],
    'draft-16',
  ],
  ['webtransport-h3', [[SettingId.H3_DATAGRAM, 1]], 'draft-16'],
] as const) {
  test(`a client with the token ${token} and settings ${settings.map(([id]) => id.toString(16))} speaks ${dialect}`, async () => {
    const made = await harness()
    const peer = await RawPeer.dial(made.engine, made.server.address)
    peer.sendSettings(settings)
    peer.send('bidi', encodeConnectRequest({ protocol: token, authority: 'test', path: '/' }))
    const { description } = await made.accepted()
    assert.deepEqual([description.dialect, description.token], [dialect, token])
    await made.server.close()
  })
}

test('a CONNECT ahead of SETTINGS waits for them', async () => {
  const { engine, server } = await harness()
  const peer = await RawPeer.dial(engine, server.address)
  const stream = peer.send('bidi', connectRequest())
  await becomes(() => stream.received.length, 0)
  peer.sendSettings()
  await becomes(() => status(stream), 200)
  await server.close()
})

test('a client without HTTP datagrams gets H3_MESSAGE_ERROR for its CONNECT', async () => {
  const { engine, server } = await harness()
  const peer = await RawPeer.dial(engine, server.address)
  peer.sendSettings([])
  const stream = peer.send('bidi', connectRequest())
  await becomes(() => stream.stream.resetCode, ErrorCode.H3_MESSAGE_ERROR)
  await becomes(() => live(peer), 0)
  await server.close()
})

test('unknown frames and capsules ahead of the 200 are skipped', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const made = await harness({
    handler: async () => {
      await promise
      return { accept: true }
    },
  })
  const peer = await RawPeer.dial(made.engine, made.server.address)
  peer.sendSettings()
  const grease = encodeCapsule(0x1f * 7 + 0x21, utf8('grease'))
  const stream = peer.send(
    'bidi',
    concat(
      encodeFrame(0x1f * 3 + 0x21, utf8('grease')),
      connectRequest(),
      encodeData(grease.subarray(0, 3)),
      encodeData(grease.subarray(3)),
    ),
  )
  await becomes(() => made.server.stats().connections, 1)
  await settled()
  resolve()
  const session = await made.accepted()
  stream.stream.write(encodeData(encodeCapsule(0x2843, concat(new Uint8Array([0, 0, 0, 9]), utf8('bye')))))
  stream.stream.finish()
  assert.deepEqual(await session.closed, { kind: 'clean', remote: true, closeCode: 9, reason: 'bye' })
  await made.server.close()
})

test('the offer of draft-02 is answered, and the dialect is on the session', async () => {
  const made = await harness()
  const peer = await RawPeer.dial(made.engine, made.server.address)
  peer.sendSettings()
  const headers = [
    ['sec-webtransport-http3-draft02', '1'],
    ['origin', 'https://example.org'],
  ] as const
  const stream = peer.send(
    'bidi',
    encodeConnectRequest({ protocol: 'webtransport', authority: 'test', path: '/a?b', headers }),
  )
  const session = await made.accepted()
  await becomes(() => stream.received.length > 0, true)
  assert.ok(
    responseFields(stream).some(([name, value]) => name === 'sec-webtransport-http3-draft' && value === 'draft02'),
  )
  const { dialect, token, origin, path } = session.description
  assert.deepEqual([dialect, token, origin, path], ['draft-02', 'webtransport', 'https://example.org', '/a?b'])
  await made.server.close()
})

test("streams and datagrams that overtake their CONNECT are the session's", async () => {
  const made = await harness()
  const peer = await RawPeer.dial(made.engine, made.server.address)
  peer.sendSettings()
  const connect = peer.connection.openStream('bidi')
  peer.send('bidi', concat(new Uint8Array([0x40, 0x41, 0]), utf8('early')), { fin: true })
  peer.connection.sendDatagram(concat(new Uint8Array([0]), utf8('dgram')))
  await settled()
  connect?.write(connectRequest())
  const session = await made.accepted()
  const datagram = new Promise<Uint8Array>((resolve) => {
    session.onDatagram = resolve
  })
  assert.equal(Buffer.from(await readAll(await nextStream(session))).toString(), 'early')
  assert.equal(Buffer.from(await datagram).toString(), 'dgram')
  await made.server.close()
})

test('streams for a session that does not come are refused, the excess at once and the rest in time', async () => {
  const clock = new ManualClock()
  const { engine, server } = await harness({ clock, limits: { pendingStreams: 3, pendingTime: 1_000 } })
  const peer = await RawPeer.dial(engine, server.address)
  peer.connection.openStream('bidi')
  const streams = Array.from({ length: 5 }, () => peer.send('bidi', new Uint8Array([0x40, 0x41, 0])))
  const codes = () => streams.map(({ stopped }) => stopped)
  const refused = ErrorCode.WT_BUFFERED_STREAM_REJECTED
  await becomes(codes, [undefined, undefined, undefined, refused, refused])
  clock.advance(1_000)
  await becomes(
    codes,
    streams.map(() => refused),
  )
  await becomes(() => live(peer), 1)
  await server.close()
})

test('a request whose header never comes loses both halves in time', async () => {
  const clock = new ManualClock()
  const { engine, server } = await harness({ clock, limits: { headerDeadline: 500 } })
  const peer = await RawPeer.dial(engine, server.address)
  const slow = peer.send('bidi', connectRequest().subarray(0, 12))
  // Its deadline and that of the session.
  await becomes(() => clock.pending, 2)
  clock.advance(500)
  await becomes(() => slow.stopped, ErrorCode.H3_REQUEST_CANCELLED)
  await becomes(() => live(peer), 0)
  const cut = peer.send('bidi', connectRequest().subarray(0, 12))
  await becomes(() => clock.pending, 2)
  cut.stream.reset(0)
  await becomes(() => clock.pending, 1)
  peer.send('bidi', connectRequest().subarray(0, 12))
  await becomes(() => clock.pending, 2)
  await server.close()
  assert.equal(clock.pending, 0)
})

test('a stream that never says what it is loses both halves in time', async () => {
  const clock = new ManualClock()
  const { engine, server } = await harness({ clock, limits: { headerDeadline: 500 } })
  const peer = await RawPeer.dial(engine, server.address)
  const bidi = peer.send('bidi', new Uint8Array([0x40]))
  const uni = peer.send('uni', new Uint8Array([0x40]))
  // The deadline of the CONNECT and those of the two streams.
  await becomes(() => clock.pending, 3)
  clock.advance(500)
  await becomes(() => bidi.stopped, ErrorCode.H3_STREAM_CREATION_ERROR)
  await becomes(() => bidi.stream.resetCode, ErrorCode.H3_STREAM_CREATION_ERROR)
  uni.stream.reset(0)
  await becomes(() => live(peer), 0)
  await server.close()
})

test('uni streams of unknown type are stopped, without harm to the connection', async () => {
  const { engine, server } = await harness()
  const peer = await RawPeer.dial(engine, server.address)
  const unknown = peer.send('uni', concat(encodeVarint(0x1f * 5 + 0x21), utf8('grease')))
  assert.equal(status(await peer.openSession()), 200)
  await becomes(() => unknown.stopped, ErrorCode.H3_STREAM_CREATION_ERROR)
  await server.close()
})

test('a connection without a session is closed after its deadline', async () => {
  const clock = new ManualClock()
  const { engine, server } = await harness({ clock, limits: { connectDeadline: 2_000 } })
  const peer = await RawPeer.dial(engine, server.address)
  await becomes(() => clock.pending, 1)
  clock.advance(2_000)
  assert.equal(await peer.closeCode(), ErrorCode.H3_NO_ERROR)
  await becomes(() => server.stats().connections, 0)
  await server.close()
  assert.equal(clock.pending, 0)
})

test('a client that vanishes in the middle of everything leaves nothing behind', async () => {
  const clock = new ManualClock()
  const made = await harness({ clock })
  const peer = await RawPeer.dial(made.engine, made.server.address)
  await peer.openSession()
  peer.send('bidi', new Uint8Array([0x40, 0x41, 0, 1, 2]))
  peer.send('bidi', new Uint8Array([0x40]))
  peer.send('uni', new Uint8Array([0x40, 0x54, 0]))
  const session = await made.accepted()
  await becomes(
    () => [sessionAccount(session, 'bidi', 'them').live, sessionAccount(session, 'uni', 'them').live],
    [1, 1],
  )
  peer.connection.close(0x33, 'gone')
  const end = await session.closed
  assert.equal(end.kind, 'lost')
  for (const { layer, live: alive } of session.credit.accounts) if (layer === 'session') assert.equal(alive, 0)
  assert.equal(made.server.sessions.size, 0)
  assert.equal(clock.pending, 0)
  await made.server.close()
})
