import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  concat,
  ErrorCode,
  encodeFieldSection,
  encodeHeaders,
  encodeResponse,
  encodeVarint,
  type Fields,
  InvalidFieldError,
  SettingId,
} from '@sluice/h3'
import { type ConnectOptions, connect } from './client.ts'
import {
  ConnectionLostError,
  ConnectTimeoutError,
  InvalidArgumentError,
  SessionProtocolError,
  SessionRejectedError,
  WebTransportUnsupportedError,
} from './errors.ts'
import { CERTIFICATE } from './testing/certificate.ts'
import { ManualClock } from './testing/manual-clock.ts'
import { becomes, harness, pair, testEngine, utf8 } from './testing/pair.ts'
import { RawPeer, requestFields } from './testing/raw-peer.ts'

/** A server that does what `act` says with each connection. */
async function rawServer(act: (peer: RawPeer) => void) {
  const engine = testEngine()
  const peers: RawPeer[] = []
  const endpoint = await engine.bind({
    server: { alpn: ['h3'], certificate: CERTIFICATE },
    onConnection: (connection) => {
      const peer = new RawPeer(connection)
      peers.push(peer)
      act(peer)
    },
  })
  const dial = (options: Partial<ConnectOptions> = {}) =>
    connect(`https://127.0.0.1:${endpoint.address.port}/x?y=1`, {
      engine,
      serverCertificateHashes: [CERTIFICATE.hash],
      ...options,
    })
  return { engine, endpoint, peers, dial }
}

/** Sends SETTINGS, and answers the CONNECT with `answer` once it is there. */
function answering(
  answer: Uint8Array,
  options: { fin?: boolean; settings?: readonly (readonly [number, number])[] } = {},
) {
  return (peer: RawPeer): void => {
    peer.sendSettings(options.settings)
    peer.onIncoming = ({ stream }) => {
      if (stream.kind === 'uni') return
      stream.write(answer)
      if (options.fin) stream.finish()
    }
  }
}

const dialects: readonly (readonly [name: string, settings: [number, number][], token: string, draft02: boolean])[] = [
  ['draft-02', [[SettingId.ENABLE_WEBTRANSPORT, 1]], 'webtransport', true],
  [
    'draft-07',
    [
      [SettingId.ENABLE_WEBTRANSPORT, 1],
      [SettingId.WEBTRANSPORT_MAX_SESSIONS, 1],
    ],
    'webtransport',
    false,
  ],
  ['draft-14', [[SettingId.WT_MAX_SESSIONS, 1]], 'webtransport', false],
  [
    'draft-16',
    [
      [SettingId.ENABLE_WEBTRANSPORT, 1],
      [SettingId.WT_ENABLED, 1],
    ],
    'webtransport-h3',
    false,
  ],
]

for (const [name, settings, token, draft02] of dialects) {
  test(`a server that speaks ${name} gets the CONNECT that it needs`, async () => {
    const common: [number, number][] = [
      [SettingId.ENABLE_CONNECT_PROTOCOL, 1],
      [SettingId.H3_DATAGRAM, 1],
    ]
    const { dial, peers, endpoint } = await rawServer(
      answering(encodeResponse(200), { settings: [...common, ...settings] }),
    )
    const session = await dial()
    assert.equal(session.description.dialect, name)
    const fields = requestFields(peers[0]?.incoming.find(({ stream }) => stream.kind === 'bidi'))
    const value = (field: string): string | undefined => fields.find(([candidate]) => candidate === field)?.[1]
    assert.equal(value(':protocol'), token)
    assert.equal(value(':path'), '/x?y=1')
    assert.equal(value('sec-webtransport-http3-draft02'), draft02 ? '1' : undefined)
    session.abort(0, '')
    await endpoint.close()
  })
}

test('the control stream is the first uni stream, begins with SETTINGS, and is the only one', async () => {
  const { dial, peers, endpoint } = await rawServer(answering(encodeResponse(200)))
  const session = await dial()
  const unis = peers[0]?.incoming.filter(({ stream }) => stream.kind === 'uni') ?? []
  assert.equal(unis.length, 1)
  assert.equal(unis[0]?.stream.id, 2)
  assert.deepEqual([...(unis[0]?.received.subarray(0, 2) ?? [])], [0x00, 0x04])
  session.abort(0, '')
  await endpoint.close()
})

const response = (...fields: Fields): Uint8Array => encodeHeaders(encodeFieldSection(fields))

const refusals: readonly (readonly [name: string, act: (peer: RawPeer) => void, check: (error: unknown) => void])[] = [
  [
    'status 404',
    answering(encodeResponse(404), { fin: true }),
    (error) => {
      assert.ok(error instanceof SessionRejectedError)
      assert.equal(error.status, 404)
    },
  ],
  [
    'status 302',
    answering(encodeResponse(302, [['location', '/']])),
    (error) => assert.ok(error instanceof SessionRejectedError),
  ],
  [
    'no answer',
    answering(new Uint8Array(0), { fin: true }),
    (error) => assert.ok(error instanceof SessionProtocolError),
  ],
  [
    'a malformed status',
    answering(response([':status', 'ok'])),
    (error) => {
      assert.ok(error instanceof SessionProtocolError)
      assert.equal(error.httpCode, ErrorCode.H3_MESSAGE_ERROR)
    },
  ],
  [
    'SETTINGS without WebTransport',
    answering(new Uint8Array(0), { settings: [[SettingId.H3_DATAGRAM, 1]] }),
    (error) => {
      assert.ok(error instanceof WebTransportUnsupportedError)
      const { code, proof } = error.verdict
      assert.deepEqual([code, proof.reason, proof.offered], ['dialect-mismatch', 'no-webtransport', []])
      assert.deepEqual(proof.settings, [[SettingId.H3_DATAGRAM, 1]])
      assert.ok(proof.wanted.includes('draft-16'))
    },
  ],
  [
    'SETTINGS without datagrams',
    answering(new Uint8Array(0), { settings: [[SettingId.WT_ENABLED, 1]] }),
    (error) => {
      assert.ok(error instanceof WebTransportUnsupportedError)
      const { reason, offered } = error.verdict.proof
      assert.deepEqual([reason, offered], ['no-h3-datagram', ['draft-16']])
    },
  ],
  [
    'a closed connection',
    (peer) => peer.connection.close(0x1234, 'no'),
    (error) => {
      assert.ok(error instanceof ConnectionLostError)
      assert.deepEqual(error.closeReason, { kind: 'application', remote: true, code: 0x1234, reason: 'no' })
    },
  ],
]

for (const [name, act, check] of refusals) {
  test(`${name} fails the dial with a typed error, and frees the endpoint`, async () => {
    const { dial, endpoint } = await rawServer(act)
    await assert.rejects(dial(), (error) => {
      check(error)
      return true
    })
    await becomes(() => endpoint.stats().connections, 0)
    await endpoint.close()
  })
}

const serverFaults: readonly (readonly [name: string, code: number, bytes: Uint8Array, kind: 'bidi' | 'uni'])[] = [
  ['a request stream', ErrorCode.H3_STREAM_CREATION_ERROR, encodeResponse(200), 'bidi'],
  ['a push stream', ErrorCode.H3_ID_ERROR, new Uint8Array([1, 0]), 'uni'],
  ['a stream of a session that we never asked for', ErrorCode.H3_ID_ERROR, new Uint8Array([0x40, 0x54, 8]), 'uni'],
]

for (const [name, code, bytes, kind] of serverFaults) {
  test(`${name} from the server ends the connection with 0x${code.toString(16)}`, async () => {
    const { dial, peers, endpoint } = await rawServer(answering(encodeResponse(200)))
    const session = await dial()
    peers[0]?.send(kind, bytes)
    const end = await session.closed
    assert.equal(end.kind, 'lost')
    assert.equal(await peers[0]?.closeCode(), code)
    await endpoint.close()
  })
}

test('interim responses are passed over', async () => {
  const { dial, endpoint } = await rawServer(answering(concat(encodeResponse(103), encodeResponse(204))))
  const session = await dial()
  session.abort(0, '')
  await endpoint.close()
})

test('the application protocol that the server picks is on both sessions', async () => {
  const made = await harness({ handler: ({ protocols }) => ({ accept: true, protocol: protocols[1] ?? '' }) })
  const [client, peer] = await Promise.all([made.dial({ protocols: ['a', 'b"c'] }), made.accepted()])
  assert.equal(client.description.protocol, 'b"c')
  assert.equal(peer.description.protocol, 'b"c')
  await made.server.close()
})

test('a protocol that was not offered is an error in draft-16 and none in older drafts', async () => {
  const answer = encodeResponse(200, [['wt-protocol', '"other"']])
  const settings = (id: number): [number, number][] => [
    [SettingId.H3_DATAGRAM, 1],
    [SettingId.ENABLE_CONNECT_PROTOCOL, 1],
    [id, 1],
  ]
  const newest = await rawServer(answering(answer, { settings: settings(SettingId.WT_ENABLED) }))
  await assert.rejects(newest.dial({ protocols: ['mine'] }), { httpCode: ErrorCode.WT_ALPN_ERROR })
  const oldest = await rawServer(answering(answer, { settings: settings(SettingId.ENABLE_WEBTRANSPORT) }))
  const session = await oldest.dial({ protocols: ['mine'] })
  assert.equal(session.description.protocol, '')
  session.abort(0, '')
  await Promise.all([newest.endpoint.close(), oldest.endpoint.close()])
})

test('a dial ends at its deadline, or with its signal, and closes the connection', async () => {
  const clock = new ManualClock()
  const { dial, peers, endpoint } = await rawServer(() => {})
  const slow = dial({ clock, deadline: 700 })
  await becomes(() => peers[0]?.incoming.length, 1)
  clock.advance(700)
  await assert.rejects(slow, ConnectTimeoutError)
  assert.equal(await peers[0]?.closeCode(), ErrorCode.H3_REQUEST_CANCELLED)
  const controller = new AbortController()
  const aborted = dial({ signal: controller.signal })
  await becomes(() => peers[1]?.incoming.length, 1)
  const reason = new Error('enough')
  controller.abort(reason)
  await assert.rejects(aborted, reason)
  await assert.rejects(dial({ signal: AbortSignal.abort(reason) }), reason)
  await becomes(() => endpoint.stats().connections, 0)
  await becomes(() => clock.pending, 0)
  await endpoint.close()
})

test('a wrong certificate hash ends the dial with the reason of TLS', async () => {
  const { dial, endpoint } = await rawServer(() => {})
  await assert.rejects(dial({ serverCertificateHashes: [new Uint8Array(32)] }), (error) => {
    assert.ok(error instanceof ConnectionLostError)
    assert.equal(error.closeReason.kind, 'tls')
    return true
  })
  await endpoint.close()
})

const engine = testEngine()
for (const [name, url, options] of [
  ['no URL', 'nonsense', {}],
  ['another scheme', 'http://127.0.0.1/', {}],
  ['a fragment', 'https://127.0.0.1/#x', {}],
  ['credentials', 'https://me:pw@127.0.0.1/', {}],
  ['a hash of another length', 'https://127.0.0.1/', { serverCertificateHashes: [new Uint8Array(20)] }],
  [
    'hashes and roots at once',
    'https://127.0.0.1/',
    { serverCertificateHashes: [CERTIFICATE.hash], roots: [utf8('x')] },
  ],
] as const) {
  test(`${name} is refused before anything is sent`, async () => {
    await assert.rejects(connect(url, { engine, ...options }), InvalidArgumentError)
  })
}

test('a header that HTTP/3 cannot carry fails the dial', async () => {
  const { dial, endpoint } = await rawServer(answering(encodeResponse(200)))
  await assert.rejects(dial({ headers: [['Bad Name', 'x']] }), InvalidFieldError)
  await becomes(() => endpoint.stats().connections, 0)
  await endpoint.close()
})

test('GOAWAY from the server asks the session to drain', async () => {
  const { client, peer, server } = await pair()
  server.drain()
  await client.draining
  const stream = await client.openStream()
  assert.equal(stream.write(utf8('still works')), 11)
  peer.drain()
  await server.close()
})

test('a GOAWAY id that grows is H3_ID_ERROR', async () => {
  const { dial, peers, endpoint } = await rawServer(answering(encodeResponse(200)))
  const session = await dial()
  const control = peers[0]?.sent[0]
  control?.stream.write(concat(new Uint8Array([7, 1, 4]), new Uint8Array([7]), encodeVarint(1), encodeVarint(8)))
  assert.equal((await session.closed).kind, 'lost')
  assert.equal(await peers[0]?.closeCode(), ErrorCode.H3_ID_ERROR)
  await endpoint.close()
})
