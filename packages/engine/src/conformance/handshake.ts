import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Engine } from '../engine.ts'
import { makeCertificate } from '../testing/certificate.ts'
import { eventually } from './condition.ts'
import { ALPN, bytes, certificate, connectOptions, listen, withPair } from './pair.ts'
import { Peer } from './peer.ts'

export function handshakeSuite(engine: Engine): void {
  test('both ends know each other once connected', () =>
    withPair(
      engine,
      { client: { maxIncomingBidi: 5, idleTimeout: 7000 }, server: { maxIncomingUni: 6, streamReceiveWindow: 12_345 } },
      async ({ client, server, dialer, listener }) => {
        assert.deepEqual([client.connection.side, server.connection.side], ['client', 'server'])
        assert.deepEqual([client.connection.alpn, server.connection.alpn], [ALPN, ALPN])
        assert.deepEqual(client.connection.remoteAddress, listener.endpoint.address)
        assert.equal(server.connection.remoteAddress.port, dialer.address.port)
        assert.deepEqual(Buffer.from(client.connection.peerCertificate ?? []), Buffer.from(certificate.certificate))
        assert.equal(server.connection.peerCertificate, undefined)
        assert.deepEqual(client.connection.peerTransportParameters, server.connection.transportParameters)
        assert.deepEqual(server.connection.peerTransportParameters, client.connection.transportParameters)
        const { initialMaxStreamsBidi, maxIdleTimeout } = client.connection.transportParameters
        assert.deepEqual({ initialMaxStreamsBidi, maxIdleTimeout }, { initialMaxStreamsBidi: 5, maxIdleTimeout: 7000 })
        const { initialMaxStreamsUni, initialMaxStreamDataUni } = server.connection.transportParameters
        assert.deepEqual(
          { initialMaxStreamsUni, initialMaxStreamDataUni },
          { initialMaxStreamsUni: 6, initialMaxStreamDataUni: 12_345 },
        )
        assert.notEqual(client.connection.id, server.connection.id)
      },
    ))

  test('the peer is unknown until then', async () => {
    const dialer = await engine.bind({})
    const listener = await listen(engine)
    const connection = dialer.connect(listener.endpoint.address, connectOptions)
    assert.equal(connection.alpn, undefined)
    assert.equal(connection.peerTransportParameters, undefined)
    assert.equal(connection.peerCertificate, undefined)
    assert.equal(connection.openStream('bidi'), undefined)
    await new Peer(connection).connected()
  })

  test('a common protocol is agreed on', async () => {
    const listener = await listen(engine, { alpn: ['c', 'b'] })
    const dialer = await engine.bind({})
    const client = new Peer(dialer.connect(listener.endpoint.address, { ...connectOptions, alpn: ['a', 'b'] }))
    await client.connected()
    assert.equal(client.connection.alpn, 'b')
    assert.equal((await listener.peer()).connection.alpn, 'b')
  })

  test('without a common protocol there is a TLS alert and no connection', async () => {
    const listener = await listen(engine)
    const dialer = await engine.bind({})
    const reason = await new Peer(
      dialer.connect(listener.endpoint.address, { ...connectOptions, alpn: ['other'] }),
    ).closed()
    // no_application_protocol (RFC 7301, 3.2)
    assert.ok(reason.kind === 'tls' && reason.remote)
    assert.equal(reason.code, 0x100 + 120)
    assert.deepEqual(listener.peers, [])
  })

  test('options of a connection override those of the endpoint', async () => {
    const listener = await listen(engine)
    const dialer = await engine.bind({ transport: { maxIncomingBidi: 1, maxIncomingUni: 2 } })
    const client = new Peer(
      dialer.connect(listener.endpoint.address, { ...connectOptions, transport: { maxIncomingBidi: 9 } }),
    )
    await client.connected()
    const { initialMaxStreamsBidi, initialMaxStreamsUni } = client.connection.transportParameters
    assert.deepEqual(
      { initialMaxStreamsBidi, initialMaxStreamsUni },
      { initialMaxStreamsBidi: 9, initialMaxStreamsUni: 2 },
    )
  })

  test('a certificate is swapped while serving; connections that stand keep theirs', async () => {
    const listener = await listen(engine)
    const dialer = await engine.bind({})
    const first = new Peer(dialer.connect(listener.endpoint.address, connectOptions))
    await first.connected()
    const next = makeCertificate()
    listener.endpoint.setCertificate(next)
    const refused = new Peer(dialer.connect(listener.endpoint.address, connectOptions))
    assert.equal((await refused.closed()).kind, 'tls')
    const verify = { certificateHashes: [certificate.hash, next.hash] }
    const second = new Peer(dialer.connect(listener.endpoint.address, { ...connectOptions, verify }))
    await second.connected()
    assert.deepEqual(Buffer.from(second.connection.peerCertificate ?? []), Buffer.from(next.certificate))
    const stream = first.open('uni')
    await stream.write(bytes(10))
    stream.stream.finish()
    await stream.finished()
    assert.throws(() => listener.endpoint.setCertificate({ ...next, privateKey: bytes(10) }), {
      code: 'ERR_INVALID_CERTIFICATE',
    })
    assert.throws(() => dialer.setCertificate(next), { code: 'ERR_INVALID_OPTION' })
  })

  test('handshakes in flight from which on there is a Retry', async () => {
    const listener = await listen(engine, { retryAbove: 0 })
    const dialer = await engine.bind({})
    const client = new Peer(dialer.connect(listener.endpoint.address, connectOptions))
    await client.connected()
    await listener.peer()
    assert.equal(listener.endpoint.stats().retriesSent, 1)
    const stats = listener.endpoint.stats()
    assert.deepEqual([stats.connections, stats.handshakesInFlight, stats.handshakesRefused], [1, 0, 0])
  })

  test('handshakes in flight and connections from which on new ones are refused', async () => {
    for (const limits of [{ maxHandshakes: 0 }, { maxConnections: 0 }]) {
      const listener = await listen(engine, limits)
      const dialer = await engine.bind({})
      const reason = await new Peer(dialer.connect(listener.endpoint.address, connectOptions)).closed()
      assert.deepEqual([reason.kind, reason.remote], ['refused', true])
      assert.equal(listener.endpoint.stats().handshakesRefused, 1)
    }
    const listener = await listen(engine, { maxConnections: 1 })
    const dialer = await engine.bind({})
    const first = new Peer(dialer.connect(listener.endpoint.address, connectOptions))
    await first.connected()
    const second = new Peer(dialer.connect(listener.endpoint.address, connectOptions))
    assert.equal((await second.closed()).kind, 'refused')
    first.connection.close(0, '')
    await (await listener.peer()).closed()
    await eventually('room', () => listener.endpoint.stats().connections === 0)
    await new Peer(dialer.connect(listener.endpoint.address, connectOptions)).connected()
  })

  test('both ends write the same secrets to the key log, when asked', async () => {
    const lines: Record<'client' | 'server', string[]> = { client: [], server: [] }
    const listener = await listen(engine, { endpoint: { onKeyLog: (line) => lines.server.push(line) } })
    const dialer = await engine.bind({ onKeyLog: (line) => lines.client.push(line) })
    await new Peer(dialer.connect(listener.endpoint.address, connectOptions)).connected()
    await Promise.all([dialer.close(), listener.endpoint.close()])
    assert.deepEqual([...lines.client].sort(), [...lines.server].sort())
    for (const label of ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_TRAFFIC_SECRET_0']) {
      assert.ok(
        lines.client.some((line) => new RegExp(`^${label} [0-9a-f]{64} [0-9a-f]{64,96}$`).test(line)),
        label,
      )
    }
  })

  test('both ends export the same keying material, another for each label and context', () =>
    withPair(engine, {}, async ({ client, server }) => {
      const [label, context] = [Buffer.from('EXPORTER-sluice'), bytes(7)]
      const exported = (peer: Peer, c = context) => peer.connection.exportKeyingMaterial(label, c, 48)
      assert.deepEqual(exported(client), exported(server))
      assert.equal(exported(client).length, 48)
      assert.notDeepEqual(exported(client), exported(client, bytes(8)))
      assert.throws(() => client.connection.exportKeyingMaterial(label, context, 100_000), {
        code: 'ERR_INVALID_OPTION',
      })
    }))
}
