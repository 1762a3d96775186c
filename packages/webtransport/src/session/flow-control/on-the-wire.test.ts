import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Capsule,
  CapsuleDecoder,
  CapsuleType,
  concat,
  ErrorCode,
  encodeCapsule,
  encodeData,
  encodeFlowControlCapsule,
  encodeWebTransportHeader,
  type FlowControlCapsule,
  RequestStreamDecoder,
  sessionLimitSettings,
} from '@sluice/h3'
import { SessionProtocolError } from '../../errors.ts'
import { becomes, harness, nextStream, readAll, settled } from '../../testing/pair.ts'
import { connectRequest, RawPeer, SETTINGS, type StreamRecord } from '../../testing/raw-peer.ts'

const OURS = { maxIncomingBidi: 2, maxIncomingUni: 2, receiveWindow: 1000 }
const THEIRS = { bidi: 2, uni: 2, data: 1000 }

/** A server of ours and a peer that sends what a test wants on its CONNECT stream. */
async function session(declared = sessionLimitSettings(THEIRS)) {
  const made = await harness({ sessionFlowControl: OURS })
  const peer = await RawPeer.dial(made.engine, made.server.address)
  peer.sendSettings([...SETTINGS, ...declared])
  const connect = peer.send('bidi', connectRequest())
  return { ...made, peer, connect, session: await made.accepted() }
}

function send(connect: StreamRecord, capsule: FlowControlCapsule): void {
  connect.stream.write(encodeData(encodeFlowControlCapsule(capsule)))
}

/** The capsules that came on the CONNECT stream. */
function capsules({ received }: StreamRecord): Capsule[] {
  const frames = new RequestStreamDecoder({ reading: 'response' })
  frames.push(received)
  const decoder = new CapsuleDecoder()
  for (let event = frames.next(); event !== undefined; event = frames.next()) {
    if (event.type === 'data') decoder.push(event.payload)
  }
  const found: Capsule[] = []
  for (let capsule = decoder.next(); capsule !== undefined; capsule = decoder.next()) found.push(capsule)
  return found
}

const data = (kind: 'bidi' | 'uni', length: number): Uint8Array =>
  concat(encodeWebTransportHeader(kind, 0), new Uint8Array(length))

const VIOLATIONS: readonly (readonly [
  what: string,
  code: number,
  violate: (peer: RawPeer, connect: StreamRecord) => void,
])[] = [
  [
    'a limit of streams that is not higher',
    ErrorCode.WT_FLOW_CONTROL_ERROR,
    (_peer, connect) => send(connect, { type: 'max-streams', kind: 'bidi', limit: 2 }),
  ],
  [
    'a limit of streams that falls',
    ErrorCode.WT_FLOW_CONTROL_ERROR,
    (_peer, connect) => {
      send(connect, { type: 'max-streams', kind: 'uni', limit: 10 })
      send(connect, { type: 'max-streams', kind: 'uni', limit: 9 })
    },
  ],
  [
    'a limit of streams above 2^60',
    ErrorCode.WT_FLOW_CONTROL_ERROR,
    (_peer, connect) => {
      const tooMuch = encodeCapsule(CapsuleType.MAX_STREAMS_BIDI, new Uint8Array([0xd0, 0, 0, 0, 0, 0, 1, 0]))
      connect.stream.write(encodeData(tooMuch))
    },
  ],
  [
    'a limit of data that is not higher',
    ErrorCode.WT_FLOW_CONTROL_ERROR,
    (_peer, connect) => send(connect, { type: 'max-data', limit: 1000 }),
  ],
  [
    'one bidirectional stream too many',
    ErrorCode.WT_FLOW_CONTROL_ERROR,
    (peer) => {
      for (let index = 0; index < 3; index++) peer.send('bidi', data('bidi', 1))
    },
  ],
  [
    'one unidirectional stream too many',
    ErrorCode.WT_FLOW_CONTROL_ERROR,
    (peer) => {
      for (let index = 0; index < 3; index++) peer.send('uni', data('uni', 1))
    },
  ],
  [
    'one byte too many, read',
    ErrorCode.WT_FLOW_CONTROL_ERROR,
    (peer) => {
      peer.send('uni', data('uni', 1000))
      peer.send('uni', data('uni', 1))
    },
  ],
  [
    'one byte too many, reset',
    ErrorCode.WT_FLOW_CONTROL_ERROR,
    (peer) => {
      const { stream } = peer.send('uni', data('uni', 1001))
      stream.reset(0, encodeWebTransportHeader('uni', 0).length)
    },
  ],
  [
    'a capsule with half an integer',
    ErrorCode.H3_MESSAGE_ERROR,
    (_peer, connect) => connect.stream.write(encodeData(encodeCapsule(CapsuleType.MAX_DATA, new Uint8Array([0x40])))),
  ],
  [
    'a capsule of HTTP/2',
    ErrorCode.H3_MESSAGE_ERROR,
    (_peer, connect) =>
      connect.stream.write(encodeData(encodeCapsule(CapsuleType.MAX_STREAM_DATA, new Uint8Array([1])))),
  ],
]

for (const [what, code, violate] of VIOLATIONS) {
  test(`${what} ends the session with 0x${code.toString(16)}`, async () => {
    const { peer, connect, session: ours, server } = await session()
    ours.onStream = (stream) => void readAll(stream)
    ours.onUniStream = (stream) => void readAll(stream)
    violate(peer, connect)
    const end = await ours.closed
    assert.ok(end.kind === 'lost' && end.error instanceof SessionProtocolError)
    assert.equal(end.error.httpCode, code)
    await becomes(() => connect.stream.resetCode, code)
    assert.equal(connect.stopped, code)
    await server.close()
  })
}

test('without flow control its capsules mean nothing, whatever they say', async () => {
  const { peer, connect, session: ours, server } = await session([])
  assert.equal(ours.description.flowControl, undefined)
  send(connect, { type: 'max-streams', kind: 'bidi', limit: 0 })
  send(connect, { type: 'max-data', limit: 0 })
  send(connect, { type: 'data-blocked', limit: 0 })
  for (let index = 0; index < 5; index++) peer.send('uni', data('uni', 2000), { fin: true })
  for (let index = 0; index < 5; index++) assert.equal((await readAll(await nextStream(ours, 'uni'))).length, 2000)
  const stream = await ours.openUniStream()
  assert.equal(stream.write(new Uint8Array(5000)), 5000)
  await settled()
  assert.deepEqual(capsules(connect), [])
  await server.close()
})

test('a peer that never raises a limit is told once what waits for it, and a higher limit lets it go on', async () => {
  const { peer, connect, session: ours, server } = await session()
  const [stream] = [await ours.openUniStream(), await ours.openUniStream()]
  const third = ours.openUniStream()
  assert.equal(stream.write(new Uint8Array(3000)), 1000)
  assert.equal(stream.write(new Uint8Array(2000)), 0)
  const blocked: Capsule[] = [
    { type: 'streams-blocked', kind: 'uni', limit: 2 },
    { type: 'data-blocked', limit: 1000 },
  ]
  await becomes(() => capsules(connect), blocked)
  const room = new Promise<void>((resolve) => {
    stream.events = { writable: resolve }
  })
  send(connect, { type: 'max-data', limit: 1500 })
  await room
  assert.equal(stream.write(new Uint8Array(2000)), 500)
  send(connect, { type: 'max-streams', kind: 'uni', limit: 3 })
  await third
  await becomes(() => capsules(connect), [...blocked, { type: 'data-blocked', limit: 1500 }])
  // The control stream is one of them.
  await becomes(() => peer.incoming.filter((record) => record.stream.kind === 'uni').length, 4)
  await server.close()
})

test('a peer gets its credit back as its streams end and its data is read, without asking', async () => {
  const { peer, connect, session: ours, server } = await session()
  for (let round = 1; round <= 5; round++) {
    peer.send('uni', data('uni', 1000), { fin: true })
    assert.equal((await readAll(await nextStream(ours, 'uni'))).length, 1000)
    await becomes(
      () => capsules(connect).filter((capsule) => 'limit' in capsule && capsule.limit === 1000 * (round + 1)).length,
      1,
    )
  }
  await becomes(
    () =>
      capsules(connect)
        .filter(({ type }) => type === 'max-streams')
        .at(-1),
    {
      type: 'max-streams',
      kind: 'uni',
      limit: 7,
    },
  )
  await server.close()
})

test('headers of streams cost no data credit', async () => {
  const { peer, session: ours, server } = await session()
  peer.send('uni', data('uni', 500), { fin: true })
  peer.send('uni', data('uni', 500), { fin: true })
  for (let index = 0; index < 2; index++) assert.equal((await readAll(await nextStream(ours, 'uni'))).length, 500)
  assert.equal(ours.verdict.code, 'healthy')
  await server.close()
})
