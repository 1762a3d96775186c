import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concat, ErrorCode, encodeCapsule, encodeConnectRequest, encodeData, encodeFrame, SettingId } from '@sluice/h3'
import { becomes, harness, settled, utf8 } from './testing/pair.ts'
import { connectRequest, RawPeer, responseFields, status } from './testing/raw-peer.ts'

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
  await becomes(() => peer.live, 0)
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
