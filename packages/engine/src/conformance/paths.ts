import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import type { Engine } from '../engine.ts'
import { eventually } from './condition.ts'
import { bytes, connectOptions, ends, type Listener, listen, OPENERS, type Pair } from './pair.ts'
import { Path } from './path.ts'
import { Peer } from './peer.ts'

export function pathSuite(engine: Engine): void {
  test('a handshake that nobody answers is given up', async (t) => {
    const silent = silentSocket(t).bind(0, '127.0.0.1')
    await once(silent, 'listening')
    const dialer = await engine.bind({ transport: { handshakeTimeout: 200 } })
    const client = new Peer(dialer.connect({ host: '127.0.0.1', port: silent.address().port }, connectOptions))
    const reason = await client.closed()
    assert.deepEqual([reason.kind, reason.remote], ['handshake-timeout', false])
  })

  test('a server gives up clients that vanish in the handshake', async (t) => {
    const listener = await listen(engine, { endpoint: { transport: { handshakeTimeout: 200 } } })
    const path = await pathTo(t, listener)
    path.dropFromServer = true
    const dialer = await engine.bind({})
    dialer.connect(path.address, connectOptions)
    await eventually('the handshake', () => listener.endpoint.stats().handshakesInFlight === 1)
    await eventually('its end', () => listener.endpoint.stats().handshakesInFlight === 0)
    assert.equal(listener.endpoint.stats().connections, 0)
    assert.deepEqual(listener.peers, [])
  })

  test('a server of another version is a version mismatch', async (t) => {
    const other = silentSocket(t).bind(0, '127.0.0.1')
    await once(other, 'listening')
    other.on('message', (packet, from) => other.send(versionNegotiation(packet), from.port, from.address))
    const dialer = await engine.bind({})
    const reason = await new Peer(
      dialer.connect({ host: '127.0.0.1', port: other.address().port }, connectOptions),
    ).closed()
    assert.equal(reason.kind, 'version-mismatch')
  })

  test('datagrams that are no QUIC are dropped', async (t) => {
    const listener = await listen(engine)
    const noise = silentSocket(t)
    for (let length = 0; length < 1300; length += 7) {
      noise.send(bytes(length, length), listener.endpoint.address.port, '127.0.0.1')
    }
    await eventually('the noise', () => listener.endpoint.stats().datagramsReceived > 100)
    const dialer = await engine.bind({})
    await new Peer(dialer.connect(listener.endpoint.address, connectOptions)).connected()
  })

  test('a client whose address changes keeps its connection, and the server says so', (t) =>
    overPath(engine, t, async ({ client, server }, path) => {
      const before = server.connection.remoteAddress
      await path.rebind()
      client.connection.ping()
      await server.until('the migration', () => server.migrations.length > 0)
      assert.deepEqual(server.migrations, [path.serverSide])
      assert.deepEqual(server.connection.remoteAddress, path.serverSide)
      assert.notDeepEqual(server.connection.remoteAddress, before)
      const stream = client.open('uni')
      await stream.write(bytes(100_000))
      stream.stream.finish()
      assert.equal((await (await server.accept('uni')).readAll()).length, 100_000)
    }))

  for (const sender of OPENERS) {
    test(`with a fifth of all packets lost, streams and resets of the ${sender} arrive intact`, (t) =>
      overPath(engine, t, async (pair, path) => {
        const { us, them } = ends(pair, sender)
        path.loss = 0.2
        const count = 60
        const receive = async () => {
          const stream = await them.accept('uni')
          const data = await stream.readAll()
          assert.deepEqual(Buffer.from(data), Buffer.from(bytes(5000, stream.id).subarray(0, data.length)))
          const wasReset = stream.stream.receiveState === 'reset'
          assert.ok(data.length >= (wasReset ? 1000 : 5000))
          if (wasReset) assert.equal(stream.stream.resetCode, stream.id)
          return wasReset
        }
        for (let index = 0; index < count; index += 1) {
          const seen = us.openable('uni')
          const stream = us.tryOpen('uni')
          if (stream === undefined) {
            await us.until('credit', () => us.openable('uni') > seen)
            index -= 1
            continue
          }
          await stream.write(bytes(5000, stream.id))
          if (index % 2 === 0) stream.stream.reset(stream.id, 1000)
          else stream.stream.finish()
          void receive()
        }
        await us.until('all retired here', () => us.retired.length === count)
        await them.until('all retired there', () => them.retired.length === count)
        assert.ok(us.connection.stats().packetsLost > 0)
      }))
  }
}

/** Sockets of a test, closed when it ends. */
function silentSocket(t: TestContext): Socket {
  const socket = createSocket('udp4')
  t.after(() => socket.close())
  return socket
}

async function pathTo(t: TestContext, listener: Listener): Promise<Path> {
  const path = await Path.to(listener.endpoint.address)
  t.after(() => path.close())
  return path
}

/** A connection through a path that can be disturbed. */
async function overPath(
  engine: Engine,
  t: TestContext,
  body: (pair: Pair, path: Path) => Promise<void>,
): Promise<void> {
  const listener = await listen(engine)
  const path = await pathTo(t, listener)
  const dialer = await engine.bind({})
  const client = new Peer(dialer.connect(path.address, connectOptions))
  await client.connected()
  await body({ client, server: await listener.peer(), listener, dialer }, path)
}

/** RFC 9000, 17.2.1: both connection IDs go back, and a version that nobody has. */
function versionNegotiation(packet: Buffer): Buffer {
  const destinationLength = packet[5] ?? 0
  const destination = packet.subarray(6, 6 + destinationLength)
  const sourceLength = packet[6 + destinationLength] ?? 0
  const source = packet.subarray(7 + destinationLength, 7 + destinationLength + sourceLength)
  return Buffer.concat([
    Buffer.from([0x80, 0, 0, 0, 0, sourceLength]),
    source,
    Buffer.from([destinationLength]),
    destination,
    Buffer.from([0x1a, 0x2a, 0x3a, 0x4a]),
  ])
}
