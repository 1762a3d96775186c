import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Engine } from '../engine.ts'
import { eventually } from './condition.ts'
import { bytes, ends, KINDS, OPENERS, withPair } from './pair.ts'

const STREAM_STATE = { code: 'ERR_STREAM_STATE' }

export function streamSuite(engine: Engine): void {
  for (const opener of OPENERS) {
    for (const kind of KINDS) {
      test(`${kind} streams of the ${opener} carry bytes in order and end by FIN`, () =>
        withPair(engine, {}, async (pair) => {
          const { us, them } = ends(pair, opener)
          const sent = bytes(300_000)
          const ours = us.open(kind)
          const received = them.accept(kind).then(async (theirs) => ({ theirs, data: await theirs.readAll() }))
          await ours.write(sent)
          ours.stream.finish()
          const { theirs, data } = await received
          assert.deepEqual(Buffer.from(data), Buffer.from(sent))
          assert.equal(theirs.stream.receiveState, 'ended')
          assert.deepEqual(
            { id: theirs.id, kind: theirs.stream.kind, opener: theirs.stream.opener },
            { id: ours.id, kind, opener: 'them' },
          )
          assert.equal(theirs.stream.stats().bytesRead, sent.length)
          await ours.finished()
          assert.deepEqual(ours.stream.stats(), {
            bytesWritten: sent.length,
            bytesAcknowledged: sent.length,
            bytesRead: 0,
          })
          assert.equal(ours.seen.finished, 1)
        }))
    }

    test(`both halves of a bidi stream of the ${opener} end on their own`, () =>
      withPair(engine, {}, async (pair) => {
        const { us, them } = ends(pair, opener)
        const ours = us.open('bidi')
        await ours.write(bytes(10))
        ours.stream.finish()
        const theirs = await them.accept('bidi')
        assert.equal((await theirs.readAll()).length, 10)
        await ours.finished()
        assert.deepEqual([us.retired, them.retired], [[], []], 'one half is alive')
        await theirs.write(bytes(20, 2))
        theirs.stream.finish()
        assert.deepEqual(Buffer.from(await ours.readAll()), Buffer.from(bytes(20, 2)))
        await us.until('retirement here', () => us.retired.length > 0)
        await them.until('retirement there', () => them.retired.length > 0)
        assert.deepEqual([us.retired, them.retired], [[ours.id], [ours.id]])
      }))
  }

  test('stream numbers count up by kind and side', () =>
    withPair(engine, {}, async ({ client, server }) => {
      // RFC 9000, 2.1
      assert.deepEqual([client.open('bidi').id, client.open('bidi').id, client.open('uni').id], [0, 4, 2])
      assert.deepEqual([server.open('bidi').id, server.open('uni').id, server.open('uni').id], [1, 3, 7])
    }))

  test('a FIN without bytes is an end', () =>
    withPair(engine, {}, async ({ client, server }) => {
      client.open('uni').stream.finish()
      const theirs = await server.accept('uni')
      assert.equal((await theirs.readAll()).length, 0)
      assert.equal(theirs.stream.receiveState, 'ended')
    }))

  test('a read takes at most what it asked for, and leaves the rest', () =>
    withPair(engine, {}, async ({ client, server }) => {
      const sent = bytes(1000)
      const ours = client.open('uni')
      await ours.write(sent)
      ours.stream.finish()
      const theirs = await server.accept('uni')
      const first = await theirs.read(1)
      const second = await theirs.read(10)
      assert.deepEqual([first?.length, second?.length], [1, 10])
      assert.throws(() => theirs.stream.read(0), { code: 'ERR_INVALID_OPTION' })
      const rest = await theirs.readAll()
      assert.deepEqual(Buffer.concat([first ?? bytes(0), second ?? bytes(0), rest]), Buffer.from(sent))
    }))

  test('what was read belongs to the reader', () =>
    withPair(engine, {}, async ({ client, server }) => {
      const ours = client.open('uni')
      const theirs = ours.write(bytes(100)).then(() => server.accept('uni'))
      const first = await (await theirs).read(50)
      first?.fill(0)
      const second = await (await theirs).read(50)
      assert.deepEqual(Buffer.from(second ?? []), Buffer.from(bytes(100).subarray(50)))
      second?.fill(1)
      assert.deepEqual(first, new Uint8Array(50))
    }))

  test('what was written may be changed at once', () =>
    withPair(engine, {}, async ({ client, server }) => {
      const ours = client.open('uni')
      const data = bytes(5000)
      assert.equal(ours.stream.write(data), 5000)
      data.fill(0)
      ours.stream.finish()
      assert.deepEqual(Buffer.from(await (await server.accept('uni')).readAll()), Buffer.from(bytes(5000)))
    }))

  test('readable comes again only after a read found nothing', () =>
    withPair(engine, {}, async ({ client, server }) => {
      const ours = client.open('uni')
      await ours.write(bytes(10))
      const theirs = await server.accept('uni')
      await theirs.until('the first readable', () => theirs.seen.readable === 1)
      await ours.write(bytes(10))
      // A datagram that is sent later and arrives says that the bytes have arrived too.
      client.connection.sendDatagram(bytes(1))
      await server.receiveDatagram()
      assert.equal(theirs.seen.readable, 1)
      while (theirs.stream.read() !== undefined);
      await ours.write(bytes(10))
      await theirs.until('the second readable', () => theirs.seen.readable === 2)
    }))

  test('a stream that was accepted late has its bytes, its end and its stop', () =>
    withPair(engine, {}, async ({ client, server }) => {
      const ours = client.open('bidi')
      await ours.write(bytes(10))
      ours.stream.finish()
      ours.stream.stopSending(7)
      await server.until('the stream', () => server.acceptable('bidi') > 0)
      await ours.finished()
      const theirs = await server.accept('bidi')
      assert.equal((await theirs.readAll()).length, 10)
      assert.equal(await theirs.stopped(), 7)
    }))

  test('a stream of higher priority goes first', () =>
    withPair(engine, {}, async ({ client }) => {
      const data = bytes(200_000)
      const order: string[] = []
      const send = (name: string, priority: number) => {
        const { stream } = client.open('uni')
        stream.setPriority(priority)
        stream.write(data)
        stream.finish()
        stream.events = { finished: () => order.push(name) }
      }
      send('low', -1)
      send('high', 5)
      await eventually('both', () => order.length === 2)
      assert.deepEqual(order, ['high', 'low'])
    }))

  test('a half that the stream does not have says so', () =>
    withPair(engine, {}, async ({ client, server }) => {
      const ours = client.open('uni')
      await ours.write(bytes(1))
      const theirs = await server.accept('uni')
      assert.throws(() => ours.stream.read(), STREAM_STATE)
      assert.throws(() => ours.stream.stopSending(0), STREAM_STATE)
      assert.throws(() => theirs.stream.write(bytes(1)), STREAM_STATE)
      assert.throws(() => theirs.stream.finish(), STREAM_STATE)
      assert.throws(() => theirs.stream.reset(0), STREAM_STATE)
      assert.throws(() => theirs.stream.setPriority(1), STREAM_STATE)
    }))

  test('nothing can be written after finish, and finish may be repeated', () =>
    withPair(engine, {}, async ({ client }) => {
      const ours = client.open('uni')
      ours.stream.finish()
      assert.throws(() => ours.stream.write(bytes(1)), STREAM_STATE)
      ours.stream.finish()
    }))

  test('thousands of streams of both ends are each retired exactly once', () =>
    withPair(engine, { transport: { maxIncomingBidi: 50 } }, async (pair) => {
      const count = 2000
      const serve = async (peer: typeof pair.client) => {
        for (let taken = 0; taken < count; taken += 1) {
          const stream = await peer.accept('bidi')
          void stream.readAll().then(() => stream.stream.finish())
        }
      }
      const dial = async (peer: typeof pair.client) => {
        for (let opened = 0; opened < count; ) {
          const seen = peer.openable('bidi')
          const stream = peer.tryOpen('bidi')
          if (stream === undefined) {
            await peer.until('credit', () => peer.openable('bidi') > seen)
            continue
          }
          opened += 1
          stream.stream.write(bytes(20))
          stream.stream.finish()
          void stream.readAll()
        }
      }
      await Promise.all([serve(pair.client), serve(pair.server), dial(pair.client), dial(pair.server)])
      for (const peer of [pair.client, pair.server]) {
        await peer.until('all retired', () => peer.retired.length >= 2 * count)
        assert.equal(new Set(peer.retired).size, 2 * count)
        for (const opener of ['us', 'them'] as const) {
          const { opened, accepted, retired } = peer.connection.streamCounts('bidi', opener)
          assert.deepEqual({ opened, accepted, retired }, { opened: count, accepted: count, retired: count })
        }
      }
    }))
}
