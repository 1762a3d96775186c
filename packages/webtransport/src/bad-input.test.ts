import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  concat,
  ErrorCode,
  encodeData,
  encodeFieldSection,
  encodeFrame,
  encodeHeaders,
  encodeSettingsFrame,
  encodeVarint,
  FrameType,
  SettingId,
} from '@sluice/h3'
import { becomes, echo, type Harness, harness, readAll, utf8, writeAll } from './testing/pair.ts'
import { connectRequest, RawPeer } from './testing/raw-peer.ts'

const CONTROL = encodeVarint(0x00)
const SETTINGS = encodeSettingsFrame([[SettingId.H3_DATAGRAM, 1]])
const CONNECT = connectRequest()
const bytes = (...values: number[]): Uint8Array => new Uint8Array(values)

/** The server still takes a session and answers a stream of it. */
async function stillServes(made: Harness): Promise<void> {
  const client = await made.dial()
  const peer = [...made.server.sessions].at(-1)
  assert.ok(peer)
  echo(peer)
  const stream = await client.openStream()
  const answer = readAll(stream)
  await writeAll(stream, utf8('alive'))
  assert.equal(Buffer.from(await answer).toString(), 'alive')
  client.close()
  await client.closed
  await becomes(() => made.server.sessions.size, 0)
  await becomes(() => made.server.stats().connections, 0)
}

/** What a peer does on a fresh connection, and the code with which the server ends the connection. */
const connectionErrors: readonly (readonly [name: string, code: number, act: (peer: RawPeer) => void])[] = [
  [
    'a control stream that begins with GOAWAY',
    ErrorCode.H3_MISSING_SETTINGS,
    (peer) => peer.send('uni', concat(CONTROL, bytes(7, 1, 0))),
  ],
  [
    'a control stream that begins with a reserved frame',
    ErrorCode.H3_MISSING_SETTINGS,
    (peer) => peer.send('uni', concat(CONTROL, encodeFrame(0x21, utf8('x')), SETTINGS)),
  ],
  ['SETTINGS twice', ErrorCode.H3_FRAME_UNEXPECTED, (peer) => peer.send('uni', concat(CONTROL, SETTINGS, SETTINGS))],
  [
    'SETTINGS cut inside a varint',
    ErrorCode.H3_FRAME_ERROR,
    (peer) => peer.send('uni', concat(CONTROL, bytes(4, 2, 0x33, 0x40))),
  ],
  [
    'the same setting twice',
    ErrorCode.H3_SETTINGS_ERROR,
    (peer) =>
      peer.send(
        'uni',
        concat(
          CONTROL,
          encodeSettingsFrame([
            [0x33, 1],
            [0x33, 1],
          ]),
        ),
      ),
  ],
  [
    'a setting of HTTP/2',
    ErrorCode.H3_SETTINGS_ERROR,
    (peer) => peer.send('uni', concat(CONTROL, encodeSettingsFrame([[0x02, 1]]))),
  ],
  [
    'H3_DATAGRAM = 2',
    ErrorCode.H3_SETTINGS_ERROR,
    (peer) => peer.send('uni', concat(CONTROL, encodeSettingsFrame([[0x33, 2]]))),
  ],
  [
    'WT_ENABLED = 2',
    ErrorCode.H3_SETTINGS_ERROR,
    (peer) => peer.send('uni', concat(CONTROL, encodeSettingsFrame([[SettingId.WT_ENABLED, 2]]))),
  ],
  [
    'a SETTINGS frame of 100 KiB',
    ErrorCode.H3_EXCESSIVE_LOAD,
    (peer) => peer.send('uni', concat(CONTROL, bytes(4), encodeVarint(102_400))),
  ],
  [
    'a control stream that ends',
    ErrorCode.H3_CLOSED_CRITICAL_STREAM,
    (peer) => peer.send('uni', concat(CONTROL, SETTINGS), { fin: true }),
  ],
  [
    'a control stream cut inside a frame',
    ErrorCode.H3_CLOSED_CRITICAL_STREAM,
    (peer) => peer.send('uni', concat(CONTROL, SETTINGS, bytes(7)), { fin: true }),
  ],
  [
    'a second control stream',
    ErrorCode.H3_STREAM_CREATION_ERROR,
    (peer) => {
      peer.sendSettings()
      peer.sendSettings()
    },
  ],
  [
    'DATA on the control stream',
    ErrorCode.H3_FRAME_UNEXPECTED,
    (peer) => peer.send('uni', concat(CONTROL, SETTINGS, encodeData(utf8('x')))),
  ],
  ['a push stream from a client', ErrorCode.H3_STREAM_CREATION_ERROR, (peer) => peer.send('uni', bytes(1, 0))],
  [
    'a second QPACK encoder stream',
    ErrorCode.H3_STREAM_CREATION_ERROR,
    (peer) => {
      peer.send('uni', bytes(2))
      peer.send('uni', bytes(2))
    },
  ],
  [
    'a QPACK encoder stream that ends',
    ErrorCode.H3_CLOSED_CRITICAL_STREAM,
    (peer) => peer.send('uni', bytes(2), { fin: true }),
  ],
  ['a QPACK insertion', ErrorCode.QPACK_ENCODER_STREAM_ERROR, (peer) => peer.send('uni', bytes(2, 0xc0, 0x01, 0x61))],
  ['a QPACK acknowledgement', ErrorCode.QPACK_DECODER_STREAM_ERROR, (peer) => peer.send('uni', bytes(3, 0x80))],
  [
    'STOP_SENDING for our control stream',
    ErrorCode.H3_CLOSED_CRITICAL_STREAM,
    (peer) => {
      const [control] = peer.incoming
      control?.stream.stopSending(0)
    },
  ],
  [
    'a request that begins with DATA',
    ErrorCode.H3_FRAME_UNEXPECTED,
    (peer) => peer.send('bidi', encodeData(utf8('x'))),
  ],
  [
    'a request with a frame of HTTP/2',
    ErrorCode.H3_FRAME_UNEXPECTED,
    (peer) => peer.send('bidi', encodeFrame(0x02, utf8('x'))),
  ],
  ['a request with SETTINGS', ErrorCode.H3_FRAME_UNEXPECTED, (peer) => peer.send('bidi', SETTINGS)],
  [
    'a request cut inside a frame',
    ErrorCode.H3_FRAME_ERROR,
    (peer) => peer.send('bidi', CONNECT.subarray(0, 10), { fin: true }),
  ],
  [
    'a request that refers to a dynamic table',
    ErrorCode.QPACK_DECOMPRESSION_FAILED,
    (peer) => peer.send('bidi', encodeHeaders(bytes(0x02, 0x00, 0x80))),
  ],
  [
    'a request with a cut field section',
    ErrorCode.QPACK_DECOMPRESSION_FAILED,
    (peer) => peer.send('bidi', encodeHeaders(bytes(0x00))),
  ],
  [
    'the WebTransport signal behind a frame',
    ErrorCode.H3_FRAME_ERROR,
    (peer) => peer.send('bidi', concat(encodeFrame(0x21, bytes(0)), bytes(0x40, 0x41, 0))),
  ],
  [
    'HEADERS behind the CONNECT',
    ErrorCode.H3_FRAME_UNEXPECTED,
    (peer) => {
      peer.sendSettings()
      peer.send('bidi', concat(CONNECT, CONNECT))
    },
  ],
  ['a bidi stream of session 1', ErrorCode.H3_ID_ERROR, (peer) => peer.send('bidi', bytes(0x40, 0x41, 1))],
  ['a uni stream of session 3', ErrorCode.H3_ID_ERROR, (peer) => peer.send('uni', bytes(0x40, 0x54, 3))],
  [
    'a stream of a session that could not be opened yet',
    ErrorCode.H3_ID_ERROR,
    (peer) => peer.send('uni', concat(bytes(0x40, 0x54), encodeVarint(4 * 100_000))),
  ],
  ['an empty datagram', ErrorCode.H3_DATAGRAM_ERROR, (peer) => peer.connection.sendDatagram(bytes())],
  [
    'a datagram cut inside its session id',
    ErrorCode.H3_DATAGRAM_ERROR,
    (peer) => peer.connection.sendDatagram(bytes(0x40)),
  ],
  [
    'a datagram of an impossible session',
    ErrorCode.H3_DATAGRAM_ERROR,
    (peer) => peer.connection.sendDatagram(bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)),
  ],
]

for (const [name, code, act] of connectionErrors) {
  test(`${name} ends the connection with 0x${code.toString(16)}, and the server goes on`, async () => {
    const made = await harness()
    const peer = await RawPeer.dial(made.engine, made.server.address)
    // Its control stream is there: the server is ready for anything.
    await becomes(() => peer.incoming.length, 1)
    act(peer)
    assert.equal(await peer.closeCode(), code)
    await stillServes(made)
    await made.server.close()
  })
}

const FIELDS = [
  [':method', 'CONNECT'],
  [':scheme', 'https'],
  [':authority', 'test'],
  [':path', '/'],
  [':protocol', 'webtransport'],
] as const
const request = (fields: Parameters<typeof encodeFieldSection>[0]): Uint8Array =>
  encodeHeaders(encodeFieldSection(fields))
const capsule = (payload: Uint8Array): Uint8Array => concat(CONNECT, encodeData(payload))

/** What a peer sends on a request stream, and the code with which the server ends both halves of it. */
const streamErrors: readonly (readonly [name: string, code: number, bytes: Uint8Array, fin?: boolean])[] = [
  ['a request that ends before its header', ErrorCode.H3_REQUEST_INCOMPLETE, bytes(), true],
  ['a request cut inside its first varint', ErrorCode.H3_REQUEST_INCOMPLETE, bytes(0x40), true],
  [
    'a header of 10 MiB',
    ErrorCode.H3_EXCESSIVE_LOAD,
    concat(bytes(FrameType.HEADERS), encodeVarint(10 * 1024 * 1024), new Uint8Array(50_000)),
  ],
  [
    'a header whose fields add up to too much',
    ErrorCode.H3_EXCESSIVE_LOAD,
    request([...FIELDS, ...Array.from({ length: 2_000 }, () => ['a', ''] as const)]),
  ],
  ['a CONNECT without :path', ErrorCode.H3_MESSAGE_ERROR, request(FIELDS.filter(([field]) => field !== ':path'))],
  ['a CONNECT with a pseudo-header twice', ErrorCode.H3_MESSAGE_ERROR, request([FIELDS[0], ...FIELDS])],
  ['a CONNECT with a name in capitals', ErrorCode.H3_MESSAGE_ERROR, request([...FIELDS, ['Origin', 'x']])],
  ['a CONNECT with a response field', ErrorCode.H3_MESSAGE_ERROR, request([...FIELDS, [':status', '200']])],
  ['a CLOSE capsule of three bytes', ErrorCode.H3_MESSAGE_ERROR, capsule(concat(bytes(0x68, 0x43, 3), bytes(0, 0, 0)))],
  [
    'a CLOSE capsule with a reason of 2 KiB',
    ErrorCode.H3_MESSAGE_ERROR,
    capsule(concat(bytes(0x68, 0x43), encodeVarint(2052))),
  ],
  ['a capsule cut off by the FIN', ErrorCode.H3_MESSAGE_ERROR, capsule(bytes(0x68, 0x43, 8, 0)), true],
  ['bytes behind a CLOSE capsule', ErrorCode.H3_MESSAGE_ERROR, capsule(bytes(0x68, 0x43, 4, 0, 0, 0, 0, 1))],
  [
    'a capsule that belongs to HTTP/2',
    ErrorCode.H3_MESSAGE_ERROR,
    capsule(concat(encodeVarint(0x190b4d3e), bytes(1, 0))),
  ],
]

for (const [name, code, sent, fin] of streamErrors) {
  test(`${name} ends its stream with 0x${code.toString(16)} and gives the credit back`, async () => {
    const made = await harness()
    const peer = await RawPeer.dial(made.engine, made.server.address)
    peer.sendSettings()
    const stream = peer.send('bidi', sent, { fin: fin ?? false })
    await becomes(() => stream.stream.receiveState, 'reset')
    await becomes(() => stream.stream.resetCode, code)
    if (fin !== true) await becomes(() => stream.stopped, code)
    await becomes(() => {
      const { opened, retired } = peer.connection.streamCounts('bidi', 'us')
      return opened - retired
    }, 0)
    peer.connection.close(0, '')
    await stillServes(made)
    await made.server.close()
  })
}
