import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Engine } from '../engine.ts'
import { eventually } from './condition.ts'
import { ALPN, bytes, connectOptions, ends, listen, OPENERS, withPair } from './pair.ts'
import { Peer } from './peer.ts'

const CONNECTION_CLOSED = { code: 'ERR_CONNECTION_CLOSED' }
const ENDPOINT_CLOSED = { code: 'ERR_ENDPOINT_CLOSED' }

export function closingSuite(engine: Engine): void {
  for (const closer of OPENERS) {
    test(`both ends learn code and reason when the ${closer} closes, once`, () =>
      withPair(engine, {}, async (pair) => {
        const { us, them } = ends(pair, closer)
        us.connection.close(1234, 'enough')
        us.connection.close(5, 'too late')
        const reason = { kind: 'application', code: 1234, reason: 'enough' }
        assert.deepEqual(await us.closed(), { ...reason, remote: false })
        assert.deepEqual(await them.closed(), { ...reason, remote: true })
        await Promise.all([pair.dialer.close(), pair.listener.endpoint.close()])
        assert.deepEqual([us.closings.length, them.closings.length], [1, 1])
      }))
  }

  test('callbacks never come from inside a call', () =>
    withPair(engine, {}, async ({ client }) => {
      let inside = false
      const seen: boolean[] = []
      client.connection.events = { closed: () => seen.push(inside), streamRetired: () => seen.push(inside) }
      inside = true
      client.open('uni').stream.reset(0)
      client.connection.close(0, '')
      inside = false
      await eventually('the end', () => seen.length > 0)
      assert.ok(!seen.includes(true))
    }))

  test('streams of a connection that is gone are lost, and cleaning up does no harm', () =>
    withPair(engine, {}, async ({ client, server }) => {
      const ours = client.open('bidi')
      await ours.write(bytes(10))
      const theirs = await server.accept('bidi')
      client.connection.close(0, '')
      await server.closed()
      await client.closed()
      for (const { stream } of [ours, theirs]) {
        assert.equal(stream.read(), undefined)
        assert.equal(stream.receiveState, 'lost')
        assert.equal(stream.write(bytes(1)), 0)
        stream.reset(0)
        stream.finish()
        stream.stopSending(0)
        assert.equal(stream.receiveState, 'lost')
      }
      assert.deepEqual([client.retired, server.retired], [[], []])
    }))

  test('a closed connection keeps what is known of it, with every stream retired, and refuses the rest', () =>
    withPair(engine, {}, async ({ client }) => {
      const { connection } = client
      assert.ok(connection.openStream('bidi'))
      const counts = connection.streamCounts('bidi', 'us')
      assert.deepEqual([counts.opened, counts.retired], [1, 0])
      const { alpn, peerCertificate } = connection
      connection.close(0, '')
      await client.closed()
      assert.deepEqual(connection.streamCounts('bidi', 'us'), { ...counts, retired: 1 })
      assert.ok(connection.stats().packetsSent > 0)
      assert.deepEqual([connection.alpn, connection.peerCertificate], [alpn, peerCertificate])
      assert.equal(connection.acceptStream('bidi'), undefined)
      assert.equal(connection.receiveDatagram(), undefined)
      assert.equal(connection.maxDatagramSize, 0)
      assert.throws(() => connection.openStream('bidi'), CONNECTION_CLOSED)
      assert.throws(() => connection.sendDatagram(bytes(1)), CONNECTION_CLOSED)
      assert.throws(() => connection.grantStreams('bidi', 1), CONNECTION_CLOSED)
      assert.throws(() => connection.setMaxConcurrentStreams('bidi', 1), CONNECTION_CLOSED)
      assert.throws(() => connection.setReceiveWindow(1), CONNECTION_CLOSED)
      assert.throws(() => connection.setSendWindow(1), CONNECTION_CLOSED)
      assert.throws(() => connection.ping(), CONNECTION_CLOSED)
      assert.throws(() => connection.exportKeyingMaterial(bytes(1), bytes(0), 8), CONNECTION_CLOSED)
      connection.close(1, 'again')
    }))

  test('until a connection says that it is closed its limits can be set, to no effect', () =>
    withPair(engine, {}, async ({ client }) => {
      const { connection } = client
      connection.close(0, '')
      connection.grantStreams('bidi', 1)
      connection.setMaxConcurrentStreams('uni', 0)
      connection.setReceiveWindow(1_000)
      connection.setSendWindow(1_000)
      connection.ping()
      await client.closed()
    }))

  test('closing an endpoint closes its connections with code and reason, and is done when it says so', async () => {
    const listener = await listen(engine)
    const dialers = await Promise.all([1, 2, 3].map(() => engine.bind({})))
    const clients = dialers.map((dialer) => new Peer(dialer.connect(listener.endpoint.address, connectOptions)))
    for (const client of clients) await client.connected()
    await listener.peer(2)
    const closing = listener.endpoint.close(77, 'going down')
    assert.equal(listener.endpoint.close(), closing)
    await closing
    for (const client of clients) {
      assert.deepEqual(await client.closed(), { kind: 'application', remote: true, code: 77, reason: 'going down' })
    }
    for (const server of listener.peers) assert.equal(server.closings.length, 1, 'told before the promise resolved')
    assert.throws(() => listener.endpoint.connect({ host: '127.0.0.1', port: 9 }, connectOptions), ENDPOINT_CLOSED)
    await Promise.all(dialers.map((dialer) => dialer.close()))
  })

  test('a connection that has more to send than it may is closed all the same', () =>
    withPair(engine, { transport: { streamReceiveWindow: 16 << 20 } }, async ({ client, server }) => {
      const ours = client.open('uni')
      assert.equal(ours.stream.write(bytes(8 << 20)), 8 << 20)
      await (await server.accept('uni')).read()
      client.connection.close(9, 'in mid-traffic')
      assert.deepEqual(await server.closed(), { kind: 'application', remote: true, code: 9, reason: 'in mid-traffic' })
    }))

  test('a code that QUIC cannot carry closes nothing', () =>
    withPair(engine, {}, async ({ client, dialer }) => {
      const refused = { code: 'ERR_INVALID_OPTION' }
      for (const code of [-1, 0.5, 2 ** 53]) {
        assert.throws(() => client.connection.close(code, ''), refused, `${code}`)
        await assert.rejects(dialer.close(code), refused, `${code}`)
      }
      client.open('uni').stream.finish()
      await client.until('retirement', () => client.retired.length === 1 || client.closings.length > 0)
      assert.deepEqual(client.closings, [])
    }))

  test('a silent peer is given up after the idle timeout', () =>
    withPair(engine, { client: { idleTimeout: 300 }, server: { idleTimeout: 0 } }, async ({ client, server }) => {
      // The lower of the two counts, and 0 is none (RFC 9000, 10.1).
      const [reason] = await Promise.all([client.closed(), server.closed()])
      assert.equal(reason.kind, 'idle-timeout')
      assert.equal(reason.remote, false)
    }))

  test('keep-alive keeps a connection that is idle', () =>
    withPair(engine, { client: { keepAlive: 50, idleTimeout: 1000 } }, async ({ client }) => {
      const before = client.connection.stats().packetsSent
      await eventually('40 PINGs', () => client.connection.stats().packetsSent >= before + 40)
      assert.deepEqual(client.closings, [])
    }))

  test('a connection that is closed before it is connected ends', async () => {
    const listener = await listen(engine)
    const dialer = await engine.bind({})
    const client = new Peer(dialer.connect(listener.endpoint.address, { ...connectOptions, alpn: [ALPN] }))
    client.connection.close(3, 'changed my mind')
    assert.deepEqual(await client.closed(), {
      kind: 'application',
      remote: false,
      code: 3,
      reason: 'changed my mind',
    })
    await Promise.all([dialer.close(), listener.endpoint.close()])
  })
}
