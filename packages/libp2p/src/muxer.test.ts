import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Logger } from '@libp2p/interface'
import { NoStreamCreditError } from '@sluice/credit'
import type { SessionStream } from '@sluice/webtransport'
import { webTransportCredit } from './credit.ts'
import type { MuxerOptions } from './muxer.ts'
import type { Stream } from './stream.ts'
import { muxerEnd } from './testing/muxer-end.ts'
import { type MemorySession, type SessionPairOptions, sessionPair } from './testing/session-pair.ts'
import { turn, until } from './testing/streams.ts'

function pair(options: SessionPairOptions & { us?: Partial<MuxerOptions> } = {}) {
  const [client, server] = sessionPair(options)
  return { us: muxerEnd(client, 'outbound', options.us), them: muxerEnd(server, 'inbound') }
}

const live = (session: MemorySession) => session.credit.accounts.map((account) => account.live)

test('streams of the peer wait in the session until somebody listens, however many', async () => {
  const { us, them } = pair()
  for (let count = 0; count < 30; count += 1) await us.muxer.createStream()
  await turn()
  assert.equal(them.muxer.streams.length, 0)
  assert.equal(them.muxer.status, 'open')
  const streams: Stream[] = []
  them.muxer.addEventListener('stream', (event) => streams.push(event.detail))
  await until(() => streams.length === 30)
})

test('a listener for one stream leaves the next in the session', async () => {
  const { us, them } = pair()
  await us.muxer.createStream()
  await us.muxer.createStream()
  const first = new Promise((resolve) => them.muxer.addEventListener('stream', resolve, { once: true }))
  await first
  await turn()
  assert.equal(them.session.credit.accounts[1]?.accepted, 1)
  assert.equal(them.muxer.streams.length, 1)
})

test('the session knows a stream by the protocol it was opened for, before that is negotiated', async () => {
  const { us } = pair()
  const opened = us.session.openStream.bind(us.session)
  const wires: SessionStream[] = []
  us.session.openStream = async (options) => {
    const wire = await opened(options)
    wires.push(wire)
    return wire
  }
  const stream = await us.muxer.createStream({ protocol: '/ipfs/id/1.0.0' })
  assert.deepEqual([stream.protocol, wires[0]?.owner], ['', '/ipfs/id/1.0.0'])
  stream.protocol = '/ipfs/id/2.0.0'
  assert.equal(wires[0]?.owner, '/ipfs/id/2.0.0')
})

test('an open without a signal does not wait for credit for ever', async () => {
  const { us } = pair({ limit: 1, us: { openDeadline: 5 } })
  await us.muxer.createStream()
  await assert.rejects(us.muxer.createStream(), { code: 'ERR_NO_STREAM_CREDIT' })
})

test('an open gives up with its signal, and the credit is not lost', async () => {
  const { us, them } = pair({ limit: 1 })
  them.muxer.addEventListener('stream', (event) => event.detail.close())
  const only = await us.muxer.createStream()
  const controller = new AbortController()
  const waiting = us.muxer.createStream({ signal: controller.signal })
  controller.abort(new Error('enough'))
  await assert.rejects(waiting, { message: 'enough' })
  await only.close()
  await (await us.muxer.createStream()).close()
  await until(() => live(us.session)[0] === 0)
})

test('more streams than maxOutboundStreams are refused here', async () => {
  const { us } = pair({ us: { maxOutboundStreams: 2 } })
  await us.muxer.createStream()
  const second = await us.muxer.createStream()
  await assert.rejects(us.muxer.createStream(), { code: 'ERR_TOO_MANY_OUTBOUND_STREAMS' })
  second.abort(new Error('enough'))
  await us.muxer.createStream()
})

test('a stream that opens after the muxer closed is ended on both halves, and nobody gets it', async () => {
  const { us, them } = pair({ limit: 1 })
  them.muxer.addEventListener('stream', (event) => event.detail.close())
  const only = await us.muxer.createStream()
  const waiting = us.muxer.createStream()
  const rejected = assert.rejects(waiting, { name: 'MuxerClosedError' })
  await us.muxer.close()
  await rejected
  assert.equal(us.muxer.streams.length, 0)
  assert.notEqual(only.status, 'open')
})

test('a stream that ends while it is being opened is not listed for ever', async () => {
  const { us } = pair()
  const create = us.muxer.onCreateStream.bind(us.muxer)
  us.muxer.onCreateStream = async (options) => {
    const stream = await create(options)
    stream.abort(new Error('at once'))
    return stream
  }
  await assert.rejects(us.muxer.createStream(), { code: 'ERR_STREAM_ENDED_EARLY' })
  assert.equal(us.muxer.streams.length, 0)
})

test('close resolves although a stream cannot end, and resets that stream', async () => {
  const { us } = pair({ window: 10 })
  const stream = await us.muxer.createStream()
  stream.send(new Uint8Array(100))
  await us.muxer.close({ signal: AbortSignal.timeout(5) })
  assert.equal(us.muxer.status, 'closed')
  assert.equal(stream.status, 'aborted')
})

test('close waits until what was written has arrived', async () => {
  const { us, them } = pair()
  let received = 0
  them.muxer.addEventListener('stream', ({ detail }) => {
    detail.addEventListener('message', (event) => {
      received += event.data.byteLength
    })
  })
  const stream = await us.muxer.createStream()
  stream.send(new Uint8Array(60_000))
  await us.muxer.close()
  assert.equal(received, 60_000)
})

test('a clean end of the session closes connection and streams without an error, at both ends', async () => {
  const { us, them } = pair()
  const inbound = new Promise<Stream>((resolve) =>
    them.muxer.addEventListener('stream', (event) => resolve(event.detail)),
  )
  const stream = await us.muxer.createStream()
  const far = await inbound
  const closed = new Promise((resolve) => them.connection.addEventListener('close', resolve))
  await us.connection.close()
  await closed
  assert.deepEqual([us.connection.status, them.connection.status], ['closed', 'closed'])
  assert.deepEqual([stream.status, far.status], ['closed', 'closed'])
  assert.ok(us.connection.timeline.close)
})

test('a lost session is told as an error to connection and streams: what was cut off does not look complete', async () => {
  const { us } = pair()
  const stream = await us.muxer.createStream()
  const closed = new Promise<Error | undefined>((resolve) =>
    us.connection.addEventListener('close', (event) => resolve((event as { error?: Error }).error)),
  )
  const lost = new Error('gone')
  us.session.lose(lost)
  assert.equal(await closed, lost)
  assert.equal(stream.status, 'aborted')
})

test('an aborted connection takes muxer and streams with it: a gater may refuse after the muxer was made', async () => {
  const { us, them } = pair()
  const stream = await us.muxer.createStream()
  us.connection.abort(new Error('refused'))
  assert.equal(us.muxer.status, 'closed')
  assert.equal(stream.status, 'aborted')
  await until(() => them.connection.status === 'aborted')
})

test('a peer that does not answer a close is cut off in time', async () => {
  const { us } = pair()
  us.session.close = () => {}
  await us.connection.close({ signal: AbortSignal.timeout(5) })
  assert.equal(us.connection.status, 'aborted')
  assert.equal((await us.session.closed).kind, 'lost')
})

test('the credit of a connection can be read by whoever has its timeline, as js-libp2p hands it on', async () => {
  const { us } = pair()
  await us.muxer.createStream()
  assert.equal(webTransportCredit({ timeline: us.connection.timeline })?.accounts[0]?.opened, 1)
  assert.equal(webTransportCredit({ timeline: { open: 0 } }), undefined)
})

for (const [protocol, reserved] of [
  ['/ipfs/id/1.0.0', true],
  ['/ipfs/id/push/1.0.0', true],
  ['/ipfs/ping/1.0.0', true],
  ['/sluice/ledger/1.0.0', true],
  ['/ipfs/bitswap/1.2.0', false],
  [undefined, false],
] as const) {
  test(`a stream for ${protocol ?? 'one of several protocols'} ${reserved ? 'may' : 'may not'} use the reserve`, async () => {
    const { us } = pair()
    const open = us.session.openStream.bind(us.session)
    const asked: (boolean | undefined)[] = []
    us.session.openStream = (options) => {
      asked.push(options?.reserved)
      return open(options)
    }
    await us.muxer.createStream(protocol === undefined ? {} : { protocol })
    assert.deepEqual(asked, [reserved])
  })
}

test('why no stream can be opened is logged once for each stall, not for each open', async () => {
  const logged: unknown[] = []
  const log: Logger = Object.assign(() => {}, {
    error: (_formatter: unknown, error: unknown) => {
      if (error instanceof NoStreamCreditError) logged.push(error.verdict)
    },
    trace: () => {},
    enabled: false,
    newScope: () => log,
  })
  const [session, peer] = sessionPair({ limit: 1 })
  const { muxer } = muxerEnd(session, 'outbound', { openDeadline: 1 }, log)
  const stream = await muxer.createStream()
  for (let count = 0; count < 3; count += 1) await assert.rejects(muxer.createStream(), NoStreamCreditError)
  assert.equal(logged.length, 1)
  stream.abort(new Error('enough'))
  peer.onStream = (wire) => {
    wire.reset(0)
    wire.stopSending(0)
  }
  await until(() => live(session)[0] === 0)
  peer.onStream = undefined
  await muxer.createStream()
  await assert.rejects(muxer.createStream(), NoStreamCreditError)
  assert.equal(logged.length, 2)
})
