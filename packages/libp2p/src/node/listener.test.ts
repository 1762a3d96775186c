import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Connection, Listener } from '@libp2p/interface'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { type ConnectOptions, connect } from '@sluice/webtransport'
import type { Libp2p } from 'libp2p'
import { dialTarget } from '../address.ts'
import { certhash, certhashes, certhashText, webTransport, webTransportCredit } from '../index.ts'
import { nodeComponents, stubUpgrader } from '../testing/components.ts'
import { addressOf, LISTEN, node } from '../testing/node.ts'
import { until } from '../testing/streams.ts'
import { BUCKET } from './certificates/bucket.ts'
import { type Clock, RotatingCertificates } from './certificates/rotating.ts'

/** Opens a bare session at a path of the node. */
function open(address: Multiaddr, path: string, options: Pick<ConnectOptions, 'sessionFlowControl'> = {}) {
  const target = dialTarget(address)
  return connect(`https://${target.host}:${target.port}${path}`, {
    ...options,
    serverCertificateHashes: target.certhashes.map((hash) => hash.digest),
  })
}

const WELL_KNOWN = '/.well-known/libp2p-webtransport'
const credit = (connection: Connection) => {
  const snapshot = webTransportCredit(connection)
  assert.ok(snapshot)
  return snapshot
}

function connectionOf(listening: Libp2p): Promise<Connection> {
  return new Promise((resolve) =>
    listening.addEventListener('connection:open', (event) => resolve(event.detail), { once: true }),
  )
}

test('two nodes reach each other, know who the other is, and both see the credit of the connection exactly', async () => {
  const [server, client] = await Promise.all([node(), node({ listen: [] })])
  const inbound = connectionOf(server)
  const connection = await client.dial(addressOf(server))
  const remote = await inbound
  assert.equal(connection.remotePeer.equals(server.peerId), true)
  assert.equal(remote.remotePeer.equals(client.peerId), true)
  assert.equal(connection.multiplexer, '/webtransport')
  assert.equal(credit(connection).exact, true)
  await server.handle('/test', (stream) => void stream.close())
  const stream = await connection.newStream('/test')
  await stream.close()
  const bidi = (of: Connection, opener: 'us' | 'them') =>
    credit(of).accounts.find((account) => account.kind === 'bidi' && account.opener === opener)
  await until(() => bidi(connection, 'us')?.live === bidi(remote, 'them')?.live)
  assert.ok((bidi(connection, 'us')?.opened ?? 0) >= 2)
  const closed = new Promise((resolve) => remote.addEventListener('close', resolve))
  await connection.close()
  await closed
  assert.deepEqual([connection.status, remote.status], ['closed', 'closed'])
  await Promise.all([server.stop(), client.stop()])
})

test('a path or type that is not ours gets the answer of go-libp2p, and the node goes on serving', async () => {
  const server = await node()
  const address = addressOf(server)
  for (const [path, status] of [
    ['/', 404],
    ['/elsewhere?type=noise', 404],
    [WELL_KNOWN, 400],
    [`${WELL_KNOWN}?type=tls`, 400],
  ] as const) {
    await assert.rejects(open(address, path), { code: 'ERR_SESSION_REJECTED', status })
  }
  const client = await node({ listen: [] })
  await client.dial(address)
  await Promise.all([server.stop(), client.stop()])
})

test('a listener speaks session flow control with a client that does, without limits, unless it is told not to', async () => {
  for (const sessionFlowControl of [undefined, false] as const) {
    const server = await node({ init: sessionFlowControl === undefined ? {} : { sessionFlowControl } })
    const session = await open(addressOf(server), `${WELL_KNOWN}?type=noise`, { sessionFlowControl: {} })
    const { flowControl } = session.description
    assert.equal(flowControl?.theirs.bidi, sessionFlowControl === undefined ? Number.MAX_SAFE_INTEGER : undefined)
    session.close()
    await session.closed
    await server.stop()
  }
})

test('a dialler declares session flow control only where it is told to, and then it counts', async () => {
  const server = await node({ init: { sessionFlowControl: { maxIncomingBidi: 40 } } })
  for (const sessionFlowControl of [undefined, { maxIncomingBidi: 7 }] as const) {
    const client = await node({ listen: [], init: sessionFlowControl === undefined ? {} : { sessionFlowControl } })
    const connection = await client.dial(addressOf(server))
    const limits = credit(connection).accounts.flatMap(({ layer, kind, limit }) =>
      layer === 'session' && kind === 'bidi' ? [limit] : [],
    )
    assert.deepEqual(limits, sessionFlowControl === undefined ? [null, null] : [40, 7])
    await client.stop()
  }
  await server.stop()
})

test('over its limits a listener refuses with 503 before any Noise, and takes new ones when the old are gone', async () => {
  const server = await node({ init: { admission: { maxHandshakes: 1 } } })
  const address = addressOf(server)
  const waiting = await open(address, `${WELL_KNOWN}?type=noise`)
  await assert.rejects(open(address, `${WELL_KNOWN}?type=noise`), { code: 'ERR_SESSION_REJECTED', status: 503 })
  waiting.close()
  await waiting.closed
  const client = await node({ listen: [] })
  await client.dial(address)
  await Promise.all([server.stop(), client.stop()])
})

test('a client that connects and says nothing, or vanishes, is let go of', async () => {
  const server = await node({ init: { admission: { handshakeTimeout: 50 } } })
  const silent = await open(addressOf(server), `${WELL_KNOWN}?type=noise`)
  const end = await silent.closed
  assert.equal(end.remote, true)
  const vanished = await open(addressOf(server), `${WELL_KNOWN}?type=noise`)
  vanished.abort(0, '')
  await vanished.closed
  assert.equal(server.getConnections().length, 0)
  await server.stop()
})

test('noise from a client that speaks something else ends its session and nobody else is hurt', async () => {
  const server = await node()
  const session = await open(addressOf(server), `${WELL_KNOWN}?type=noise`)
  const stream = await session.openStream()
  stream.write(Uint8Array.of(0, 1, 7))
  const end = await session.closed
  assert.equal(end.remote, true)
  await server.stop()
})

test('the wrong certificate hash, another peer id and a closed port fail the dial, typed', async () => {
  const [server, client, other] = await Promise.all([node(), node({ listen: [] }), node({ listen: [] })])
  const address = addressOf(server)
  const { port } = dialTarget(address)
  const foreign = certhashText(certhash(new Uint8Array(32).fill(1)))
  const base = `/ip4/127.0.0.1/udp/${port}/quic-v1/webtransport`
  await assert.rejects(client.dial(multiaddr(`${base}/certhash/${foreign}/p2p/${server.peerId}`)))
  const [hash] = certhashes(address)
  assert.ok(hash)
  await assert.rejects(client.dial(multiaddr(`${base}/certhash/${certhashText(hash)}/p2p/${other.peerId}`)), {
    name: 'UnexpectedPeerError',
  })
  // One good hash and one that the server does not confirm: a browser could not tell which it had used.
  await assert.rejects(client.dial(multiaddr(`${base}/certhash/${certhashText(hash)}/certhash/${foreign}`)), {
    code: 'ERR_CERTHASH_NOT_CONFIRMED',
  })
  assert.equal(server.getConnections().length, 0)
  await Promise.all([server.stop(), client.stop(), other.stop()])
})

test('addresses survive a restart without a store', async () => {
  const privateKey = await generateKeyPair('Ed25519')
  const first = await node({ privateKey })
  const before = addressOf(first)
  await first.stop()
  const second = await node({ privateKey, listen: [LISTEN.replace('/udp/0/', `/udp/${dialTarget(before).port}/`)] })
  assert.equal(addressOf(second).toString(), before.toString())
  await second.stop()
})

test('a change of certificate drops no connection, and the new address is announced', async () => {
  const privateKey = await generateKeyPair('Ed25519')
  const clock = new StandingClock()
  const certificates = new RotatingCertificates(privateKey, clock)
  const [server, client, late] = await Promise.all([
    node({ privateKey, certificates, announce: ['/dns4/example.com/udp/4001/quic-v1/webtransport'] }),
    node({ listen: [] }),
    node({ listen: [] }),
  ])
  await server.handle('/test', (stream) => void stream.close())
  const own = () => listeners(server)[0]?.getAddrs()[0] ?? assert.fail('no address')
  const before = own()
  const connection = await client.dial(before)
  const listening = new Promise((resolve) => server.addEventListener('transport:listening', resolve, { once: true }))
  const announcedBefore = addressOf(server).toString()
  clock.rotate(BUCKET)
  await listening
  const after = own()
  assert.notEqual(after.toString(), before.toString())
  assert.deepEqual(certhashes(after)[0]?.digest, certhashes(before)[1]?.digest)
  assert.notEqual(addressOf(server).toString(), announcedBefore)
  assert.equal(certhashes(addressOf(server)).length, 2)
  const stream = await connection.newStream('/test')
  await stream.close()
  assert.equal(connection.status, 'open')
  // By the real clock the new certificate is not valid yet, so who dials now refuses it as it would an expired one.
  await assert.rejects(late.dial(after), { code: 'ERR_CONNECTION_LOST' })
  await Promise.all([server.stop(), client.stop(), late.stop()])
})

test('announce addresses are edited in place, and certhashes of the user are left alone', async () => {
  const transport = webTransport()(await nodeComponents())
  const listener = transport.createListener({ upgrader: stubUpgrader() })
  await listener.listen(multiaddr(LISTEN))
  const foreign = `/dns4/example.com/udp/1/quic-v1/webtransport/certhash/${certhashText(certhash(new Uint8Array(32)))}`
  const addresses = [
    multiaddr('/dns4/example.com/udp/1/quic-v1/webtransport'),
    multiaddr('/ip4/1.2.3.4/tcp/1'),
    multiaddr(foreign),
  ]
  listener.updateAnnounceAddrs(addresses)
  listener.updateAnnounceAddrs(addresses)
  const hashes = certhashes(listener.getAddrs()[0] ?? assert.fail('no address'))
  assert.deepEqual(addresses.map(String), [
    `/dns4/example.com/udp/1/quic-v1/webtransport${hashes.map((hash) => `/certhash/${certhashText(hash)}`).join('')}`,
    '/ip4/1.2.3.4/tcp/1',
    foreign,
  ])
  await listener.close()
})

test('the close event never comes at once, so that js-libp2p closes every listener', async () => {
  const server = await node({ listen: [LISTEN, LISTEN, LISTEN] })
  const all = listeners(server)
  assert.equal(all.length, 3)
  let closing = false
  let closed = 0
  for (const listener of all) {
    listener.addEventListener('close', () => {
      assert.equal(closing, false, 'close came inside close()')
      closed += 1
    })
    const close = listener.close.bind(listener)
    listener.close = () => {
      closing = true
      const done = close()
      closing = false
      return done
    }
  }
  await server.stop()
  assert.equal(closed, 3)
})

test('a listener that was never bound, or whose port is taken, closes all the same', async () => {
  const transport = webTransport()(await nodeComponents())
  const unbound = transport.createListener({ upgrader: stubUpgrader() })
  await unbound.close()
  assert.deepEqual(unbound.getAddrs(), [])
  await assert.rejects(unbound.listen(multiaddr(LISTEN)), { code: 'ERR_CANNOT_LISTEN' })
  const first = transport.createListener({ upgrader: stubUpgrader() })
  await first.listen(multiaddr(LISTEN))
  const taken = dialTarget(first.getAddrs()[0] ?? assert.fail('no address')).port
  const second = transport.createListener({ upgrader: stubUpgrader() })
  await assert.rejects(second.listen(multiaddr(LISTEN.replace('/udp/0/', `/udp/${taken}/`))), {
    code: 'ERR_ADDRESS_IN_USE',
  })
  await second.close()
  await first.close()
})

test('wildcard and IPv6 addresses are listened on and expanded', async () => {
  const transport = webTransport()(await nodeComponents())
  const wildcard = transport.createListener({ upgrader: stubUpgrader() })
  await wildcard.listen(multiaddr('/ip4/0.0.0.0/udp/0/quic-v1/webtransport'))
  assert.ok(wildcard.getAddrs().some((address) => address.toString().startsWith('/ip4/127.0.0.1/udp/')))
  assert.ok(wildcard.getAddrs().every((address) => certhashes(address).length === 2))
  await wildcard.close()
  const [server, client] = await Promise.all([
    node({ listen: ['/ip6/::1/udp/0/quic-v1/webtransport'] }),
    node({ listen: [] }),
  ])
  const connection = await client.dial(addressOf(server))
  assert.match(connection.remoteAddr.toString(), /^\/ip6\//)
  await Promise.all([server.stop(), client.stop()])
})

test('a refused upgrade takes the connection with it at both ends', async () => {
  let refused = 0
  const upgrader = stubUpgrader({
    upgradeInbound: async () => {
      refused += 1
      throw new Error('refused')
    },
  })
  const server = webTransport()(await nodeComponents())
  const listener = server.createListener({ upgrader })
  await listener.listen(multiaddr(LISTEN))
  const client = await node({ listen: [] })
  const address = listener.getAddrs()[0] ?? assert.fail('no address')
  const connection = await client.dial(address).catch(() => undefined)
  if (connection !== undefined && connection.status === 'open') {
    await new Promise((resolve) => connection.addEventListener('close', resolve))
  }
  assert.equal(refused, 1)
  assert.equal(client.getConnections().length, 0)
  await Promise.all([listener.close(), client.stop()])
})

function listeners(of: Libp2p): Listener[] {
  const components: unknown = Reflect.get(of, 'components')
  const manager = (components as { transportManager: { getListeners(): Listener[] } }).transportManager
  return manager.getListeners()
}

/** Real time that stands still, until a test makes it jump. */
class StandingClock implements Clock {
  #offset = 0
  #look: (() => void) | undefined

  now(): number {
    return Date.now() + this.#offset
  }

  after(_delay: number, callback: () => void): () => void {
    this.#look = callback
    return () => {
      this.#look = undefined
    }
  }

  rotate(span: number): void {
    this.#offset += span
    this.#look?.()
  }
}
