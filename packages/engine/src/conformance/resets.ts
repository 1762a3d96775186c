import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Engine } from '../engine.ts'
import { eventually } from './condition.ts'
import { bytes, ends, OPENERS, withPair } from './pair.ts'

/** A WebTransport error code as HTTP/3 carries it: beyond 32 bits. */
const WIDE_CODE = 0x52e4a40fa8db

/** @param exact as in `creditSuite` */
export function resetSuite(engine: Engine, exact: boolean): void {
  for (const opener of OPENERS) {
    test(`a reset by the ${opener} reaches the reader with its code`, () =>
      withPair(engine, {}, async (pair) => {
        const { us, them } = ends(pair, opener)
        const ours = us.open('bidi')
        await ours.write(bytes(10))
        const theirs = await them.accept('bidi')
        await theirs.read()
        ours.stream.reset(WIDE_CODE)
        assert.equal(await theirs.read(), undefined)
        assert.equal(theirs.stream.receiveState, 'reset')
        assert.equal(theirs.stream.resetCode, WIDE_CODE)
        assert.equal(ours.stream.write(bytes(1)), 0, 'nothing is taken after a reset')
        theirs.stream.reset(3)
        await ours.readAll()
        assert.equal(ours.stream.resetCode, 3)
        await us.until('retirement here', () => us.retired.length > 0)
        await them.until('retirement there', () => them.retired.length > 0)
        assert.equal(ours.seen.finished, 0)
        assert.deepEqual([us.retired, them.retired], [[ours.id], [ours.id]])
      }))

    test(`STOP_SENDING by the ${opener} is reported, and answered by the owner only`, () =>
      withPair(engine, {}, async (pair) => {
        const { us, them } = ends(pair, opener)
        const theirs = them.open('uni')
        await theirs.write(bytes(10))
        const ours = await us.accept('uni')
        ours.stream.stopSending(WIDE_CODE)
        assert.equal(ours.stream.receiveState, 'stopped')
        assert.equal(ours.stream.read(), undefined)
        assert.equal(await theirs.stopped(), WIDE_CODE)
        assert.equal(theirs.stream.stopCode, WIDE_CODE)
        assert.equal(theirs.stream.write(bytes(10)), 0)
        assert.deepEqual(us.retired, [], 'the engine has not answered')
        theirs.stream.reset(WIDE_CODE)
        await us.until('retirement here', () => us.retired.length > 0)
        await them.until('retirement there', () => them.retired.length > 0)
        assert.deepEqual(theirs.stops, [WIDE_CODE])
      }))

    test(`RESET_STREAM_AT by the ${opener} delivers the reliable part, then the code`, () =>
      withPair(engine, {}, async (pair) => {
        const { us, them } = ends(pair, opener)
        assert.equal(us.connection.peerTransportParameters?.resetStreamAt, true)
        const ours = us.open('uni')
        ours.stream.write(bytes(50_000))
        ours.stream.reset(WIDE_CODE, 20_000)
        const theirs = await them.accept('uni')
        const data = await theirs.readAll()
        assert.ok(data.length >= 20_000, `${data.length} bytes`)
        assert.deepEqual(Buffer.from(data), Buffer.from(bytes(50_000).subarray(0, data.length)))
        assert.equal(theirs.stream.receiveState, 'reset')
        assert.equal(theirs.stream.resetCode, WIDE_CODE)
        await us.until('retirement here', () => us.retired.length > 0)
        await them.until('retirement there', () => them.retired.length > 0)
        const [sent, received] = [us, them].map(({ connection }) => connection.stats().frames)
        assert.ok((sent?.sent.resetStreamAt ?? 0) >= 1 && (received?.received.resetStreamAt ?? 0) >= 1)
        if (exact) assert.deepEqual([sent?.sent.resetStreamAt, received?.received.resetStreamAt], [1, 1])
        assert.equal(ours.seen.finished, 0)
      }))
  }

  test('a later reset can only lower the reliable size', () =>
    withPair(engine, { transport: { streamReceiveWindow: 10_000 } }, async ({ client, server }) => {
      const ours = client.open('uni')
      assert.equal(ours.stream.write(bytes(20_000)), 10_000)
      ours.stream.reset(1, 9000)
      ours.stream.reset(1, 9500)
      ours.stream.reset(1, 4)
      const theirs = await server.accept('uni')
      const data = await theirs.readAll()
      assert.ok(data.length >= 4)
      assert.equal(theirs.stream.resetCode, 1)
      await client.until('retirement', () => client.retired.length > 0)
    }))

  test('a peer that does not offer RESET_STREAM_AT gets RESET_STREAM', () =>
    withPair(engine, { server: { resetStreamAt: false } }, async ({ client, server }) => {
      assert.equal(client.connection.peerTransportParameters?.resetStreamAt, false)
      assert.equal(server.connection.transportParameters.resetStreamAt, false)
      const ours = client.open('uni')
      await ours.write(bytes(100))
      const theirs = await server.accept('uni')
      ours.stream.reset(5, 100)
      await theirs.readAll()
      assert.equal(theirs.stream.resetCode, 5)
      const { resetStream, resetStreamAt } = client.connection.stats().frames.sent
      assert.deepEqual({ resetStream, resetStreamAt }, { resetStream: 1, resetStreamAt: 0 })
    }))

  test('a reset after the FIN was acknowledged changes nothing', () =>
    withPair(engine, {}, async ({ client, server }) => {
      const ours = client.open('uni')
      await ours.write(bytes(10))
      ours.stream.finish()
      await ours.finished()
      ours.stream.reset(9)
      const theirs = await server.accept('uni')
      assert.equal((await theirs.readAll()).length, 10)
      assert.equal(theirs.stream.receiveState, 'ended')
      await client.until('retirement', () => client.retired.length === 1)
    }))

  test('stopping a half that has ended changes nothing', () =>
    withPair(engine, {}, async ({ client, server }) => {
      const ours = client.open('bidi')
      await ours.write(bytes(1))
      ours.stream.finish()
      const theirs = await server.accept('bidi')
      await theirs.readAll()
      theirs.stream.stopSending(1)
      assert.equal(theirs.stream.receiveState, 'ended')
      theirs.stream.finish()
      await ours.readAll()
      await client.until('retirement', () => client.retired.length > 0)
      assert.deepEqual(ours.stops, [])
    }))

  test('codes that QUIC cannot carry are refused', () =>
    withPair(engine, {}, async ({ client }) => {
      const { stream } = client.open('bidi')
      for (const code of [-1, 1.5, Number.NaN, 2 ** 53]) {
        assert.throws(() => stream.reset(code), { code: 'ERR_INVALID_OPTION' }, `${code}`)
        assert.throws(() => stream.stopSending(code), { code: 'ERR_INVALID_OPTION' }, `${code}`)
      }
      assert.equal(stream.receiveState, 'open')
    }))

  test('a stream reset before it was accepted is accepted, and retired by reading', () =>
    withPair(engine, {}, async ({ client, server }) => {
      client.open('uni').stream.reset(4)
      await eventually('the reset', () => server.connection.stats().frames.received.resetStream === 1)
      assert.equal(server.connection.streamCounts('uni', 'them').retired, 0)
      const theirs = await server.accept('uni')
      await theirs.readAll()
      assert.equal(theirs.stream.resetCode, 4)
      await server.until('retirement', () => server.retired.length === 1)
      assert.equal(server.connection.streamCounts('uni', 'them').retired, 1)
    }))
}
