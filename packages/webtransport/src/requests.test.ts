import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concat, ErrorCode, encodeData, encodeFieldSection, encodeHeaders } from '@sluice/h3'
import { becomes, harness } from './testing/pair.ts'
import { connectRequest, RawPeer, type StreamRecord, status } from './testing/raw-peer.ts'

const get = encodeHeaders(
  encodeFieldSection([
    [':method', 'GET'],
    [':scheme', 'https'],
    [':authority', 'test'],
    [':path', '/'],
  ]),
)

test('any other request gets 404 and its stream is done with, whatever else it sends', async () => {
  const { engine, server } = await harness()
  const peer = await RawPeer.dial(engine, server.address)
  peer.sendSettings()
  const finished = peer.send('bidi', get, { fin: true })
  const posting = peer.send('bidi', concat(get, encodeData(new Uint8Array(10_000))))
  await becomes(() => status(finished), 404)
  await becomes(() => status(posting), 404)
  await becomes(() => posting.stopped, ErrorCode.H3_NO_ERROR)
  await becomes(() => peer.live, 0)
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
  await becomes(() => peer.live, 0)
  await server.close()
})

for (const refused of [400, 403, 405, 429]) {
  test(`a handler's ${refused} reaches the client, and the credit comes back`, async () => {
    const { engine, server } = await harness({ handler: () => ({ accept: false, status: refused }) })
    const peer = await RawPeer.dial(engine, server.address)
    const stream = await peer.openSession()
    await becomes(() => status(stream), refused)
    await becomes(() => peer.live, 0)
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
  await becomes(() => peer.live, 1)
  await server.close()
})

test('a second CONNECT on a connection is refused with H3_REQUEST_REJECTED', async () => {
  const { engine, server } = await harness()
  const peer = await RawPeer.dial(engine, server.address)
  await peer.openSession()
  const second = peer.send('bidi', connectRequest())
  await becomes(() => second.stopped, ErrorCode.H3_REQUEST_REJECTED)
  await becomes(() => second.stream.resetCode, ErrorCode.H3_REQUEST_REJECTED)
  await becomes(() => peer.live, 1)
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
