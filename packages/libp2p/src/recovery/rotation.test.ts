import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection, Stream } from '@libp2p/interface'
import type { Libp2p } from 'libp2p'
import { renewWebTransportSession, webTransportSession } from '../credit.ts'
import type { NodeWebTransportInit } from '../node/options.ts'
import { addressOf, type NodeOptions, node } from '../testing/node.ts'
import { until } from '../testing/streams.ts'
import { changedEngine, withhold, withholdingEngine } from '../testing/withholding-engine.ts'
import { RenewableSession } from './renewable-session.ts'

/** Longest that anything here may take, recovery and a busy machine included. */
const BOUND = 15_000

interface Ends {
  readonly server: Libp2p
  readonly client: Libp2p
  readonly connection: Connection
  readonly inbound: Connection
  /** Connections that were opened or closed, at either end, after these. */
  readonly changes: string[]
  stop(): Promise<unknown>
}

async function ends(
  serverInit: NodeWebTransportInit = {},
  clientInit: NodeWebTransportInit = {},
  more: NodeOptions = {},
): Promise<Ends> {
  const server = await node({ ...more, init: serverInit })
  const client = await node({ ...more, listen: [], init: clientInit })
  const opened = new Promise<Connection>((resolve) => {
    server.addEventListener('connection:open', (event) => resolve(event.detail), { once: true })
  })
  const connection = await client.dial(addressOf(server))
  const inbound = await opened
  const changes: string[] = []
  for (const [name, of] of [
    ['server', server],
    ['client', client],
  ] as const) {
    for (const event of ['connection:open', 'connection:close', 'peer:disconnect'] as const) {
      of.addEventListener(event, () => changes.push(`${name} ${event}`))
    }
  }
  return { server, client, connection, inbound, changes, stop: () => Promise.all([server.stop(), client.stop()]) }
}

function sessionOf(connection: Connection): RenewableSession {
  const session = webTransportSession(connection)
  assert.ok(session instanceof RenewableSession)
  return session
}

/** Resolves once the connection has another session. */
async function renewed(connection: Connection, old: unknown): Promise<void> {
  const deadline = AbortSignal.timeout(BOUND)
  while (sessionOf(connection).current === old) {
    deadline.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function echoServer(of: Libp2p): Promise<void> {
  await of.handle(
    '/echo',
    async (stream) => {
      for await (const data of stream) stream.send(data)
      await stream.close()
    },
    { maxInboundStreams: 10_000 },
  )
}

async function echo(connection: Connection, bytes = 8): Promise<number> {
  const stream = await connection.newStream('/echo', { signal: AbortSignal.timeout(BOUND), maxOutboundStreams: 10_000 })
  stream.send(new Uint8Array(bytes))
  await stream.close()
  return await received(stream)
}

async function received(stream: Stream): Promise<number> {
  let size = 0
  for await (const data of stream) size += data.byteLength
  return size
}

test('a peer that gives no credit back is rotated: every stream is served, on one connection at both ends', async () => {
  const { server, connection, changes, stop } = await ends({ engine: withholdingEngine(), maxInboundStreams: 24 })
  await echoServer(server)
  const first = sessionOf(connection).current
  const sizes = await Promise.all(Array.from({ length: 60 }, () => echo(connection)))
  assert.deepEqual(new Set(sizes), new Set([8]))
  assert.notEqual(sessionOf(connection).current, first)
  assert.deepEqual(changes, [])
  assert.equal(connection.status, 'open')
  await stop()
})

test('streams in flight end where they are, and new ones go to the fresh session, in both directions', async () => {
  const { server, client, connection, inbound, changes, stop } = await ends()
  await Promise.all([echoServer(server), echoServer(client)])
  const [ours, theirs] = await Promise.all([connection.newStream('/echo'), inbound.newStream('/echo')])
  ours.send(new Uint8Array(3))
  theirs.send(new Uint8Array(3))
  const old = sessionOf(connection).current
  const oldThere = sessionOf(inbound).current
  assert.equal(await renewWebTransportSession(connection), true)
  assert.notEqual(sessionOf(connection).current, old)
  await renewed(inbound, oldThere)
  assert.deepEqual(await Promise.all([echo(connection), echo(inbound)]), [8, 8])
  for (const stream of [ours, theirs]) stream.send(new Uint8Array(4))
  await Promise.all([ours.close(), theirs.close()])
  assert.deepEqual(await Promise.all([received(ours), received(theirs)]), [7, 7])
  assert.deepEqual(changes, [])
  assert.deepEqual([client.getConnections().length, server.getConnections().length], [1, 1])
  await stop()
})

test('the old session is closed when its streams are over, and streams that outlast the bound are told so', async () => {
  const drain = { recovery: { drainTime: 200 } }
  const { server, connection, inbound, changes, stop } = await ends(drain, drain)
  await echoServer(server)
  const stuck = await connection.newStream('/echo')
  const closed = new Promise<Error | undefined>((resolve) =>
    stuck.addEventListener('close', ({ error }) => resolve(error), { once: true }),
  )
  const old = sessionOf(connection).current
  assert.equal(await renewWebTransportSession(connection), true)
  const end = await old.closed
  assert.deepEqual([end.kind, end.remote], ['clean', false])
  assert.equal((await closed)?.name, 'SessionReplacedError')
  await until(() => inbound.streams.length === 0 && connection.streams.length === 0)
  assert.equal(await echo(connection), 8)
  assert.deepEqual(changes, [])
  await stop()
})

test('a listener asks by DRAIN, and the dialler rotates', async () => {
  const { server, connection, inbound, changes, stop } = await ends()
  await echoServer(server)
  const old = sessionOf(connection).current
  assert.equal(await renewWebTransportSession(inbound), true)
  assert.notEqual(sessionOf(connection).current, old)
  assert.equal(await echo(connection), 8)
  assert.deepEqual(changes, [])
  await stop()
})

for (const [what, rotateAfter, streams, bytes] of [
  ['streams', { streams: 10, bytes: 1_000_000 }, 12, 8],
  ['bytes', { streams: 1_000, bytes: 20_000 }, 3, 10_000],
] as const) {
  test(`a session is rotated before a known fault bites, by its ${what}`, async () => {
    const { server, connection, changes, stop } = await ends({}, { recovery: { rotateAfter } })
    await echoServer(server)
    const old = sessionOf(connection).current
    for (let count = 0; count < streams; count += 1) assert.equal(await echo(connection, bytes), bytes)
    await renewed(connection, old)
    assert.equal(await echo(connection), 8)
    assert.deepEqual(changes, [])
    await stop()
  })
}

test('a listener that knows nothing of this sees a second connection; the dialler still shows one', async () => {
  const { server, client, connection, stop } = await ends({ recovery: false })
  await echoServer(server)
  assert.equal(await renewWebTransportSession(connection), true)
  await until(() => server.getConnections().length === 2)
  assert.equal(await echo(connection), 8)
  assert.deepEqual(
    client.getConnections().map(({ id }) => id),
    [connection.id],
  )
  await stop()
})

test('nothing is renewed where recovery is off, or the connection is over', async () => {
  const { connection, inbound, stop } = await ends({ recovery: false })
  assert.equal(await renewWebTransportSession(inbound), false)
  await connection.close()
  assert.equal(await renewWebTransportSession(connection), false)
  assert.equal(await renewWebTransportSession({ timeline: { open: 0 } }), false)
  await stop()
})

test('closing closes every session of a connection, at both ends', async () => {
  const { connection, inbound, stop } = await ends()
  const old = sessionOf(connection).current
  assert.equal(await renewWebTransportSession(connection), true)
  const closed = new Promise((resolve) => inbound.addEventListener('close', resolve, { once: true }))
  await connection.close()
  await Promise.all([closed, old.closed])
  assert.equal(inbound.status, 'closed')
  await stop()
})

test('when the fresh session is lost the connection goes on with the old one', async () => {
  const { server, connection, changes, stop } = await ends()
  await echoServer(server)
  const old = sessionOf(connection).current
  assert.equal(await renewWebTransportSession(connection), true)
  sessionOf(connection).current.abort(1, 'cut')
  await until(() => sessionOf(connection).current === old)
  assert.equal(await echo(connection), 8)
  assert.deepEqual(changes, [])
  await stop()
})

test('when no fresh session can be had the connection is closed with a typed error, after trying with back-off', async () => {
  let accepted = 0
  const engine = changedEngine((connection) => {
    accepted += 1
    withhold(connection)
    if (accepted > 1) connection.close(0x101, 'no more')
  })
  const recovery = { shortestInterval: 20, maxUseless: 3, patience: 20 }
  const { server, connection, inbound, stop } = await ends({ engine, maxInboundStreams: 8 }, { recovery })
  await echoServer(server)
  const closed = new Promise<Error | undefined>((resolve) =>
    connection.addEventListener('close', ({ error }) => resolve(error), { once: true }),
  )
  const streams = Promise.allSettled(Array.from({ length: 20 }, () => echo(connection)))
  const error = await closed
  assert.ok(error !== undefined && 'code' in error)
  assert.deepEqual([error.code, accepted], ['ERR_CONNECTION_STALLED', 4])
  assert.ok((await streams).some(({ status }) => status === 'rejected'))
  await until(() => inbound.status !== 'open')
  await stop()
})

test('a peer that brings one session after the other for its connection is held to a rate', async (t) => {
  const name = crypto.randomUUID()
  t.mock.method(crypto, 'randomUUID', () => name)
  const { server, client, connection, inbound, stop } = await ends()
  await echoServer(server)
  const address = addressOf(server)
  const first = sessionOf(inbound).current
  const second = await client.dial(address, { force: true })
  await renewed(inbound, first)
  const adopted = sessionOf(inbound).current
  const third = await client.dial(address, { force: true })
  await until(() => third.status !== 'open')
  assert.deepEqual([sessionOf(inbound).current, server.getConnections().length], [adopted, 1])
  assert.deepEqual(await Promise.all([echo(connection), echo(second)]), [8, 8])
  await stop()
})

test('a name that another peer gave ties no session to its connection: who it is has to be proven', async (t) => {
  const name = crypto.randomUUID()
  t.mock.method(crypto, 'randomUUID', () => name)
  const { server, inbound, stop } = await ends()
  const stranger = await node({ listen: [] })
  const mine = sessionOf(inbound).current
  await stranger.dial(addressOf(server))
  await until(() => server.getConnections().length === 2)
  assert.equal(sessionOf(inbound).current, mine)
  await Promise.all([stop(), stranger.stop()])
})
