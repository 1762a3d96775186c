import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EndpointOptions, Engine } from '../engine.ts'
import { ALPN, bytes, certificate, connectOptions, listen } from './pair.ts'
import { Peer } from './peer.ts'

export function endpointSuite(engine: Engine): void {
  test('a port that is in use says so', async () => {
    const first = await engine.bind({})
    await assert.rejects(engine.bind({ port: first.address.port }), { code: 'ERR_ADDRESS_IN_USE' })
    await first.close()
    const again = await engine.bind({ port: first.address.port })
    await again.close()
  })

  test('an address that is not ours says so', () =>
    assert.rejects(engine.bind({ host: '192.0.2.1' }), { code: 'ERR_ADDRESS_NOT_AVAILABLE' }))

  const server = { alpn: [ALPN], certificate }
  const faulty: [string, EndpointOptions, string][] = [
    ['a host name', { host: 'localhost' }, 'ERR_INVALID_OPTION'],
    ['a port that is none', { port: 70_000 }, 'ERR_INVALID_OPTION'],
    ['no protocol', { server: { ...server, alpn: [] } }, 'ERR_INVALID_OPTION'],
    ['a protocol of 256 bytes', { server: { ...server, alpn: ['a'.repeat(256)] } }, 'ERR_INVALID_OPTION'],
    ['a negative limit', { transport: { maxIncomingBidi: -1 } }, 'ERR_INVALID_OPTION'],
    ['a limit beyond memory', { transport: { maxIncomingUni: 2 ** 40 } }, 'ERR_INVALID_OPTION'],
    ['a window that is no number', { transport: { receiveWindow: Number.NaN } }, 'ERR_INVALID_OPTION'],
    ['a datagram frame beyond UDP', { transport: { maxDatagramFrameSize: 65_536 } }, 'ERR_INVALID_OPTION'],
    [
      'a certificate that is none',
      { server: { ...server, certificate: { ...certificate, certificate: bytes(50) } } },
      'ERR_INVALID_CERTIFICATE',
    ],
    [
      'a key that is none',
      { server: { ...server, certificate: { ...certificate, privateKey: bytes(50) } } },
      'ERR_INVALID_CERTIFICATE',
    ],
  ]
  for (const [what, options, code] of faulty) {
    test(`${what} is refused`, () => assert.rejects(engine.bind(options), { code }))
  }

  test('remotes that cannot be reached from here are refused', async () => {
    const dialer = await engine.bind({})
    for (const remote of [
      { host: '::1', port: 1 },
      { host: '127.0.0.1', port: 0 },
      { host: '0.0.0.0', port: 1 },
      { host: 'sluice.test', port: 1 },
    ]) {
      assert.throws(() => dialer.connect(remote, connectOptions), { code: 'ERR_INVALID_OPTION' }, remote.host)
    }
    await dialer.close()
  })

  const families = [
    ['::1', '::1', '::1'],
    ['::', '127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', '127.0.0.1', '::'],
  ] as const
  for (const [bound, dialled, from] of families) {
    test(`an endpoint at ${bound} is reached at ${dialled} from ${from}`, async () => {
      const listener = await listen(engine, { endpoint: { host: bound } })
      const dialer = await engine.bind({ host: from })
      const remote = { host: dialled, port: listener.endpoint.address.port }
      const client = new Peer(dialer.connect(remote, connectOptions))
      await client.connected()
      assert.deepEqual(client.connection.remoteAddress, remote)
      const { remoteAddress } = (await listener.peer()).connection
      assert.deepEqual(remoteAddress, { host: dialled, port: dialer.address.port })
    })
  }

  test('several endpoints of a process dial each other, each with what it is', async () => {
    const listeners = await Promise.all([1, 2, 3, 4].map(() => listen(engine)))
    const clients: Peer[] = []
    for (const from of listeners) {
      for (const to of listeners) {
        if (from !== to) clients.push(new Peer(from.endpoint.connect(to.endpoint.address, connectOptions)))
      }
    }
    for (const client of clients) await client.connected()
    for (const listener of listeners) {
      await listener.peer(2)
      assert.equal(listener.endpoint.stats().connections, 6)
    }
    const ids = [...clients, ...listeners.flatMap((listener) => listener.peers)].map((peer) => peer.connection.id)
    assert.equal(new Set(ids).size, 24, 'every connection has its own number')
    const stats = listeners[0]?.endpoint.stats()
    assert.ok(stats && stats.datagramsReceived > 0 && stats.datagramsSent > 0)
  })
}
