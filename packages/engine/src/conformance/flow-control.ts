import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Engine } from '../engine.ts'
import { eventually } from './condition.ts'
import { bytes, withPair } from './pair.ts'

export function flowControlSuite(engine: Engine): void {
  test('a write takes what the window of the stream has room for, and says when there is more', () =>
    withPair(engine, { server: { streamReceiveWindow: 10_000 } }, async ({ client, server }) => {
      const ours = client.open('uni')
      assert.equal(ours.stream.write(bytes(25_000)), 10_000)
      assert.equal(ours.stream.write(bytes(1)), 0)
      await eventually('STREAM_DATA_BLOCKED', () => server.connection.stats().frames.received.streamDataBlocked > 0)
      assert.equal(ours.seen.writable, 0)
      const theirs = await server.accept('uni')
      const all = theirs.readAll()
      await ours.write(bytes(25_000).subarray(10_000))
      ours.stream.finish()
      assert.deepEqual(Buffer.from(await all), Buffer.from(bytes(25_000)))
      assert.ok(ours.seen.writable > 0)
      assert.ok(server.connection.stats().frames.sent.maxStreamData > 0)
    }))

  test('the window of the connection holds for all streams together', () =>
    withPair(engine, { server: { receiveWindow: 10_000 } }, async ({ client, server }) => {
      const [first, second] = [client.open('uni'), client.open('uni')]
      assert.equal(first.stream.write(bytes(6000)), 6000)
      assert.equal(second.stream.write(bytes(6000)), 4000)
      assert.equal(second.stream.write(bytes(1)), 0)
      await eventually('DATA_BLOCKED', () => server.connection.stats().frames.received.dataBlocked > 0)
      first.stream.finish()
      assert.equal((await (await server.accept('uni')).readAll()).length, 6000)
      await second.until('room', () => second.seen.writable > 0)
      assert.ok(server.connection.stats().frames.sent.maxData > 0)
    }))

  test('streams that wait for the window of the connection get it in turn', () =>
    withPair(engine, { server: { receiveWindow: 10_000 } }, async ({ client, server }) => {
      const total = 100_000
      const written = [0, 0, 0, 0, 0]
      let atFirstEnd: readonly number[] | undefined
      for (const index of written.keys()) {
        const { stream } = client.open('uni')
        const write = (): void => {
          const before = written[index] ?? 0
          const after = before + stream.write(bytes(total - before))
          written[index] = after
          if (after < total) return
          stream.finish()
          atFirstEnd ??= [...written]
        }
        stream.events = { writable: write }
        write()
      }
      await Promise.all(written.map(async () => (await server.accept('uni')).readAll()))
      assert.deepEqual(written, [total, total, total, total, total])
      assert.ok(Math.min(...(atFirstEnd ?? [])) >= total / 2, `when the first was done: ${atFirstEnd}`)
    }))

  test('of the streams that wait for the window of the connection the one of higher priority gets it first', () =>
    withPair(engine, { server: { receiveWindow: 10_000 } }, async ({ client, server }) => {
      const order: string[] = []
      for (const name of ['first', 'urgent', 'second']) {
        const { stream } = client.open('uni')
        if (name === 'urgent') stream.setPriority(1)
        else if (name === 'first') stream.write(bytes(10_000))
        assert.equal(stream.write(bytes(9)), 0)
        stream.events = { writable: () => stream.write(bytes(20_000)) > 0 && order.push(name) }
      }
      const theirs = await server.accept('uni')
      await theirs.read()
      await eventually('room', () => order.length > 0)
      assert.equal(order[0], 'urgent')
    }))

  test('both windows of the connection can be changed at run time', () =>
    withPair(engine, { transport: { receiveWindow: 10_000, sendWindow: 1_000_000 } }, async ({ client, server }) => {
      const ours = client.open('uni')
      assert.equal(ours.stream.write(bytes(100_000)), 10_000)
      server.connection.setReceiveWindow(60_000)
      await ours.until('room', () => ours.seen.writable > 0)
      assert.equal(ours.stream.write(bytes(100_000)), 50_000)
      const theirs = server.open('uni')
      server.connection.setSendWindow(4000)
      assert.equal(theirs.stream.write(bytes(100_000)), 4000)
    }))

  test('the send window bounds what waits unacknowledged', () =>
    withPair(engine, { client: { sendWindow: 5000 } }, async ({ client, server }) => {
      const ours = client.open('uni')
      assert.equal(ours.stream.write(bytes(20_000)), 5000)
      await ours.write(bytes(20_000).subarray(5000))
      ours.stream.finish()
      assert.deepEqual(Buffer.from(await (await server.accept('uni')).readAll()), Buffer.from(bytes(20_000)))
    }))

  test('a paused reader survives 3,400 small writes in a window of 1 MiB', () =>
    withPair(
      engine,
      { server: { streamReceiveWindow: 1 << 20, receiveWindow: 1 << 20 } },
      async ({ client, server }) => {
        const ours = client.open('uni')
        const expected: Uint8Array[] = []
        for (let index = 0; index < 3400; index += 1) {
          const message = bytes(300, index)
          expected.push(message)
          assert.equal(ours.stream.write(message), 300)
          // Each write in a packet of its own.
          await new Promise((resolve) => setImmediate(resolve))
        }
        ours.stream.finish()
        await ours.finished()
        const theirs = await server.accept('uni')
        assert.deepEqual(Buffer.from(await theirs.readAll()), Buffer.concat(expected))
        assert.deepEqual([client.closings, server.closings], [[], []])
      },
    ))

  test('what a stopped stream held unread goes back to the window of the connection', () =>
    withPair(engine, { server: { receiveWindow: 20_000 } }, async ({ client, server }) => {
      for (let round = 0; round < 10; round += 1) {
        const ours = client.open('uni')
        await ours.write(bytes(8000))
        const theirs = await server.accept('uni')
        theirs.stream.stopSending(0)
        await ours.stopped()
        ours.stream.reset(0)
        await server.until('retirement', () => server.retired.length === round + 1)
      }
      const last = client.open('uni')
      await last.write(bytes(8000))
      last.stream.finish()
      assert.equal((await (await server.accept('uni')).readAll()).length, 8000)
    }))

  test('bytes that a reset took away are told by the final size, those of its reliable part excepted', () =>
    withPair(engine, {}, async ({ client, server }) => {
      const ours = client.open('uni')
      await ours.write(bytes(8000))
      const theirs = await server.accept('uni')
      assert.equal((await theirs.read(1000))?.length, 1000)
      ours.stream.reset(0, 3000)
      await eventually('the reset', () => server.connection.stats().frames.received.resetStreamAt > 0)
      const rest = await theirs.readAll()
      await server.until('retirement', () => server.retired.length > 0)
      assert.deepEqual(theirs.discarded, [7000 - rest.length])
    }))

  test('bytes of a stopped stream are told once its end is known, read ones excepted', () =>
    withPair(engine, {}, async ({ client, server }) => {
      for (const end of ['finish', 'reset'] as const) {
        const ours = client.open('bidi')
        await ours.write(bytes(500))
        const theirs = await server.accept('bidi')
        assert.equal((await theirs.read(100))?.length, 100)
        theirs.stream.stopSending(0)
        assert.deepEqual(theirs.discarded, [])
        if (end === 'finish') ours.stream.finish()
        else ours.stream.reset(0)
        // The other half of the stream is still open: nothing has been retired.
        await theirs.until('the bytes', () => theirs.discarded.length > 0)
        assert.deepEqual(theirs.discarded, [400])
        assert.deepEqual(ours.discarded, [])
      }
    }))

  test('a stream that was read to its end discards nothing', () =>
    withPair(engine, {}, async ({ client, server }) => {
      const ours = client.open('uni')
      await ours.write(bytes(500))
      ours.stream.finish()
      const theirs = await server.accept('uni')
      await theirs.readAll()
      await server.until('retirement', () => server.retired.length > 0)
      assert.deepEqual(theirs.discarded, [])
    }))

  test('a stream that was reset and then stopped gives its bytes back once', () =>
    withPair(engine, { server: { receiveWindow: 20_000 } }, async ({ client, server }) => {
      for (let round = 0; round < 5; round += 1) {
        const ours = client.open('uni')
        await ours.write(bytes(8000))
        const theirs = await server.accept('uni')
        ours.stream.reset(0)
        await eventually('the reset', () => server.connection.stats().frames.received.resetStream === round + 1)
        theirs.stream.stopSending(0)
        await server.until('retirement', () => server.retired.length === round + 1)
      }
      // Whatever MAX_DATA was sent is here before this answer.
      server.connection.sendDatagram(bytes(1))
      await client.receiveDatagram()
      const room = client.open('uni').stream.write(bytes(100_000))
      assert.ok(room <= 20_000, `${room} bytes of room in a window of 20,000`)
    }))
}
