import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ErrorCode, toHttpCode } from '@sluice/h3'
import type { StreamCode } from '../session.ts'
import {
  assertWholeBothWays,
  becomes,
  nextStream,
  pair,
  readAll,
  sessionAccount,
  utf8,
  writeAll,
} from '../testing/pair.ts'

test('a stream whose opener says nothing exists at the other end', async () => {
  const { client, peer, server } = await pair()
  const [, stream] = await Promise.all([client.openStream(), nextStream(peer)])
  assert.equal(stream.receiveState, 'open')
  await server.close()
})

test('the header travels in one write with the first data', async () => {
  const { client, peer, server } = await pair()
  const stream = await client.openStream()
  assert.equal(stream.write(utf8('abc')), 3)
  stream.finish()
  assert.equal(Buffer.from(await readAll(await nextStream(peer))).toString(), 'abc')
  await server.close()
})

test('large data in both directions at once arrives whole through small windows', async () => {
  const { client, peer, server } = await pair({ transport: { streamReceiveWindow: 10_000 } })
  await assertWholeBothWays(client, peer)
  await becomes(() => sessionAccount(client, 'bidi', 'us').live, 0)
  await server.close()
})

test('a reset arrives with its code, mapped and raw', async () => {
  const { client, peer, server } = await pair()
  const outgoing = await client.openStream()
  outgoing.write(utf8('lost'))
  const incoming = await nextStream(peer)
  outgoing.reset(77)
  await readAll(incoming)
  assert.equal(incoming.receiveState, 'reset')
  assert.deepEqual(incoming.resetCode, { app: 77, raw: toHttpCode(77) })
  await server.close()
})

test('a stream that was reset before any data is told apart by its header, and its credit comes back', async () => {
  const { client, peer, server } = await pair()
  const outgoing = await client.openStream()
  outgoing.reset(1)
  outgoing.stopSending(1)
  const incoming = await nextStream(peer)
  await readAll(incoming)
  assert.equal(incoming.receiveState, 'reset')
  await becomes(() => sessionAccount(client, 'bidi', 'us').live, 0)
  await becomes(() => sessionAccount(peer, 'bidi', 'them').live, 0)
  await server.close()
})

test('STOP_SENDING is answered by a reset with the same code, and the other half goes on', async () => {
  const { client, peer, server } = await pair()
  const outgoing = await client.openStream()
  const stopped = new Promise<StreamCode>((resolve) => {
    outgoing.events = { stopped: resolve }
  })
  const incoming = await nextStream(peer)
  incoming.stopSending(5)
  assert.deepEqual(await stopped, { app: 5, raw: toHttpCode(5) })
  assert.deepEqual(outgoing.stopCode, { app: 5, raw: toHttpCode(5) })
  assert.equal(outgoing.write(utf8('x')), 0)
  assert.equal(incoming.receiveState, 'stopped')
  const answer = readAll(outgoing)
  await writeAll(incoming, utf8('still here'))
  assert.equal(Buffer.from(await answer).toString(), 'still here')
  await becomes(() => sessionAccount(client, 'bidi', 'us').live, 0)
  await becomes(() => sessionAccount(peer, 'bidi', 'them').live, 0)
  await server.close()
})

test('a failed answer takes nothing away that was received', async () => {
  const { client, peer, server } = await pair()
  const outgoing = await client.openStream()
  await writeAll(outgoing, utf8('question'))
  outgoing.stopSending(0)
  const incoming = await nextStream(peer)
  await becomes(() => incoming.stopCode?.app, 0)
  assert.equal(incoming.write(utf8('answer')), 0)
  assert.equal(Buffer.from(await readAll(incoming)).toString(), 'question')
  assert.equal(incoming.receiveState, 'ended')
  await becomes(() => sessionAccount(peer, 'bidi', 'them').live, 0)
  await server.close()
})

test('the end of the session takes every stream with it, and tells each', async () => {
  const { client, peer, server } = await pair()
  const outgoing = await client.openStream()
  const incoming = await nextStream(peer)
  const lost = new Promise<void>((resolve) => {
    incoming.events = { lost: resolve }
  })
  client.close()
  await lost
  assert.equal(incoming.receiveState, 'lost')
  assert.equal(outgoing.receiveState, 'lost')
  assert.equal(outgoing.write(utf8('x')), 0)
  await client.closed
  await server.close()
})

test('a code beyond 32 bits is refused before anything is sent', async () => {
  const { client, server } = await pair()
  const stream = await client.openStream()
  assert.throws(() => stream.reset(2 ** 32), RangeError)
  assert.throws(() => stream.stopSending(-1), RangeError)
  stream.reset(0xffff_ffff)
  await server.close()
})

test('a reset with a code outside the range of applications is kept raw', async () => {
  const { client, peer, server } = await pair()
  const outgoing = await client.openStream()
  const incoming = await nextStream(peer)
  outgoing.resetRaw(ErrorCode.H3_REQUEST_CANCELLED)
  await readAll(incoming)
  assert.deepEqual(incoming.resetCode, { app: undefined, raw: ErrorCode.H3_REQUEST_CANCELLED })
  await server.close()
})
