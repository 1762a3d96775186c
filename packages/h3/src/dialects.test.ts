import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  chooseDialect,
  clientSettings,
  DIALECTS,
  type Dialect,
  type DialectMismatch,
  dialectResponseHeaders,
  serverSettings,
} from './dialects.ts'
import { decodeSettings, encodeSettings, SettingId } from './settings.ts'

const CHROME = { 1: 65_536, 6: 16_384, 7: 100, 51: 1, 16765559: 1, 727725890: 1 }
const FIREFOX = { 1: 65_536, 7: 20, 727725890: 1, 16765559: 1, 51: 1, 8: 1 }
const GO_CLIENT_OLD = { 6: 1 << 20, 51: 1 }
const GO_CLIENT_NEW = { 6: 1 << 20, 51: 1, 746385408: 1 }
const GO_SERVER_OLD = { 6: 1 << 20, 51: 1, 8: 1, 727725890: 1 }
const GO_SERVER_NEW = {
  ...GO_SERVER_OLD,
  746385408: 1,
  350866729: 2 ** 62,
  11105: 2 ** 60,
  11108: 2 ** 60,
  11109: 2 ** 60,
}
const QUINN = { 6: 1 << 16, 8: 1, 51: 1, 16765559: 1, 3329323114: 1, 727725891: 1, 727725890: 1 }
const WTRANSPORT = { 1: 0, 7: 0, 8: 1, 727725890: 1, 51: 1, 3329323114: 1 }
const AIOQUIC = { 1: 4096, 7: 16, 8: 1, 33: 1, 51: 1, 727725890: 1 }
const WPT = { ...AIOQUIC, 16765559: 1, 3329323114: 1 }
const FAILS = { 1: 65_536, 6: 16_384, 7: 100, 51: 1, 16765559: 1, 727725890: 1, 3329323114: 1, 8: 1 }
const PICOQUIC = { 8: 1, 51: 1, 727725890: 1, 3329323114: 1, 350866729: 1, 746385408: 1 }
const DRAFT14_ONLY = { 8: 1, 51: 1, 350866729: 1 }

const settings = (entries: Record<number, number>) =>
  new Map(Object.entries(entries).map(([id, value]): [number, number] => [Number(id), value]))

const CLIENTS: readonly (readonly [peer: string, sent: Record<number, number>, token: string, Dialect['name']])[] = [
  ['Chromium 156', CHROME, 'webtransport', 'draft-02'],
  ['Firefox 153', FIREFOX, 'webtransport', 'draft-02'],
  ['go-libp2p v0.36 to v0.48', GO_CLIENT_OLD, 'webtransport', 'draft-02'],
  ['go-libp2p v0.49 to v0.51', GO_CLIENT_NEW, 'webtransport-h3', 'draft-16'],
  ['web-transport-quinn 0.13', QUINN, 'webtransport', 'draft-07'],
  ['wtransport 0.7', WTRANSPORT, 'webtransport', 'draft-07'],
  ['aioquic 1.3', AIOQUIC, 'webtransport', 'draft-02'],
  ['@fails-components/webtransport 1.6', FAILS, 'webtransport', 'draft-07'],
  ['a client of draft-14 alone', DRAFT14_ONLY, 'webtransport', 'draft-14'],
  ['picoquic', PICOQUIC, 'webtransport-h3', 'draft-16'],
  ['Safari 26, whose SETTINGS are not known, with the old token', { 51: 1 }, 'webtransport', 'draft-02'],
  ['Safari 26, whose SETTINGS are not known, with the new token', { 51: 1 }, 'webtransport-h3', 'draft-16'],
]

for (const [peer, sent, protocol, name] of CLIENTS) {
  test(`a server speaks ${name} with ${peer}`, () => {
    const peerSettings = settings(sent)
    const choice = chooseDialect({ side: 'server', peerSettings, peerMaxDatagramFrameSize: 65_535, protocol })
    assert.ok(choice.ok)
    assert.equal(choice.dialect.name, name)
    assert.equal(choice.dialect.protocol, protocol)
  })
}

const SERVERS: readonly (readonly [peer: string, sent: Record<number, number>, Dialect['name']])[] = [
  ['go-libp2p v0.36 to v0.48', GO_SERVER_OLD, 'draft-02'],
  ['go-libp2p v0.49 to v0.51', GO_SERVER_NEW, 'draft-16'],
  ['web-transport-quinn 0.13', QUINN, 'draft-07'],
  ['wtransport 0.7', WTRANSPORT, 'draft-07'],
  ['aioquic 1.3', AIOQUIC, 'draft-02'],
  ['the WPT server', WPT, 'draft-07'],
  ['@fails-components/webtransport 1.6', FAILS, 'draft-07'],
  ['picoquic', PICOQUIC, 'draft-16'],
  ['a server of draft-14 alone', DRAFT14_ONLY, 'draft-14'],
  ['a server of draft-02 that does not send ENABLE_CONNECT_PROTOCOL', { 51: 1, 727725890: 1 }, 'draft-02'],
  ['a server that does not send it but speaks draft-16 too', { 51: 1, 727725890: 1, 746385408: 1 }, 'draft-02'],
]

for (const [peer, sent, name] of SERVERS) {
  test(`a client speaks ${name} with ${peer}`, () => {
    const choice = chooseDialect({ side: 'client', peerSettings: settings(sent), peerMaxDatagramFrameSize: 65_535 })
    assert.ok(choice.ok)
    assert.equal(choice.dialect.name, name)
  })
}

const MISMATCHES: readonly (readonly [
  reason: DialectMismatch,
  side: 'client' | 'server',
  sent: Record<number, number>,
  maxDatagramFrameSize: number,
  answer: string,
])[] = [
  ['no-h3-datagram', 'server', { 727725890: 1 }, 65_535, 'stream 0x10e'],
  ['no-h3-datagram', 'client', { 8: 1, 746385408: 1, 51: 0 }, 65_535, 'connection 0x212c0d48'],
  ['no-quic-datagram', 'server', CHROME, 0, 'connection 0x109'],
  ['no-quic-datagram', 'client', GO_SERVER_NEW, 0, 'connection 0x109'],
  ['no-webtransport', 'client', { 8: 1, 51: 1 }, 65_535, 'connection 0x212c0d48'],
  ['no-webtransport', 'client', { 8: 1, 51: 1, 727725890: 0 }, 65_535, 'connection 0x212c0d48'],
  ['no-extended-connect', 'client', { 51: 1, 746385408: 1 }, 65_535, 'connection 0x212c0d48'],
  ['unknown-protocol', 'server', CHROME, 65_535, 'stream 0x10e'],
]

for (const [reason, side, sent, peerMaxDatagramFrameSize, answer] of MISMATCHES) {
  test(`a ${side} says ${reason} and answers with ${answer}`, () => {
    const query = { side, peerSettings: settings(sent), peerMaxDatagramFrameSize, protocol: 'websocket' }
    const choice = chooseDialect(query)
    assert.ok(!choice.ok)
    assert.deepEqual([choice.reason, `${choice.scope} 0x${choice.httpCode.toString(16)}`], [reason, answer])
  })
}

/** What each client asks of a server before it sends its CONNECT. */
const CLIENT_NEEDS: readonly (readonly [peer: string, met: (server: ReadonlyMap<number, number>) => boolean])[] = [
  ['Chromium 156', (server) => server.get(0x2b603742) === 1 && server.get(0x33) === 1],
  ['Firefox 153', (server) => server.get(0x08) === 1 && server.get(0x2b603742) === 1 && server.get(0x33) === 1],
  [
    'go-libp2p v0.36 to v0.48',
    (server) => server.get(0x08) === 1 && server.get(0x33) === 1 && server.get(0x2b603742) === 1,
  ],
  [
    'go-libp2p v0.49 to v0.51',
    (server) => server.get(0x08) === 1 && server.get(0x33) === 1 && server.get(0x2c7cf000) === 1,
  ],
  ['web-transport-quinn 0.13', (server) => server.get(0x33) === 1 && (server.get(0xc671706a) ?? 0) > 0],
  [
    'Safari 26, which is content with one of two things and fails on half of the second',
    (server) =>
      server.get(0xc671706a) === 1 &&
      (server.has(0x14e9cd29) ? [0x2b61, 0x2b64, 0x2b65].every((id) => (server.get(id) ?? 0) > 0) : true),
  ],
]

for (const [peer, met] of CLIENT_NEEDS) {
  test(`our server's settings are what ${peer} asks for`, () => {
    assert.ok(met(serverSettings()))
    assert.ok(met(serverSettings({ sessionLimits: { bidi: 1, uni: 1, data: 1 } })))
  })
}

/** What each server asks of a client. */
const SERVER_NEEDS: readonly (readonly [peer: string, met: (client: ReadonlyMap<number, number>) => boolean])[] = [
  ['go-libp2p', (client) => client.get(0x33) === 1],
  ['web-transport-quinn 0.13', (client) => client.get(0x33) === 1 && client.get(0x2b603742) === 1],
  ['a server of draft-07', (client) => (client.get(0xc671706a) ?? 0) > 0 && client.get(0x33) === 1],
  ['a server of draft-14', (client) => (client.get(0x14e9cd29) ?? 0) > 0 && client.get(0x33) === 1],
  ['a server of draft-16', (client) => client.get(0x2c7cf000) === 1 && client.get(0x33) === 1],
]

for (const [peer, met] of SERVER_NEEDS) {
  test(`our client's settings are what ${peer} asks for`, () => {
    assert.ok(met(clientSettings()))
  })
}

test('neither end declares session flow control unless it is given limits', () => {
  const initialLimits = [
    SettingId.WT_INITIAL_MAX_DATA,
    SettingId.WT_INITIAL_MAX_STREAMS_BIDI,
    SettingId.WT_INITIAL_MAX_STREAMS_UNI,
  ]
  for (const ours of [serverSettings(), clientSettings()]) {
    for (const id of initialLimits) assert.equal(ours.has(id), false)
    // More than one session would declare it too (drafts 13 and 14).
    assert.ok((ours.get(SettingId.WT_MAX_SESSIONS) ?? 0) <= 1)
  }
  const sessionLimits = { bidi: 2, uni: 3, data: 1 }
  for (const ours of [serverSettings({ sessionLimits }), clientSettings({ sessionLimits })]) {
    assert.deepEqual(
      initialLimits.map((id) => ours.get(id)),
      [1, 2, 3],
    )
    assert.equal(ours.get(SettingId.WT_MAX_SESSIONS), 1)
  }
})

test('both ends of our own choose the newest dialect of each token', () => {
  const peer = { peerMaxDatagramFrameSize: 65_535 }
  const client = chooseDialect({ side: 'client', peerSettings: serverSettings(), ...peer })
  assert.ok(client.ok)
  const { protocol } = client.dialect
  const server = chooseDialect({ side: 'server', peerSettings: clientSettings(), protocol, ...peer })
  assert.ok(server.ok)
  assert.equal(client.dialect.name, 'draft-16')
  assert.equal(server.dialect, client.dialect)
})

test('our settings survive our own checks, with a reserved one when asked', () => {
  for (const ours of [serverSettings({ grease: 1234 }), clientSettings({ grease: 0, maxFieldSectionSize: 1000 })]) {
    assert.deepEqual(decodeSettings(encodeSettings(ours)), ours)
  }
  assert.equal(clientSettings({ maxFieldSectionSize: 1000 }).get(SettingId.MAX_FIELD_SECTION_SIZE), 1000)
  assert.ok(serverSettings({ grease: 1234 }).has(0x1f * 1234 + 0x21))
  assert.equal(serverSettings().size + 1, clientSettings().size)
})

test('offers and answers the header of draft-02', () => {
  assert.deepEqual(DIALECTS.at(-1)?.requestHeaders, [['sec-webtransport-http3-draft02', '1']])
  assert.deepEqual(dialectResponseHeaders([['sec-webtransport-http3-draft02', '1']]), [
    ['sec-webtransport-http3-draft', 'draft02'],
  ])
  assert.deepEqual(dialectResponseHeaders([['origin', 'null']]), [])
})
