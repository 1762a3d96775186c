import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection, Endpoint } from '../engine.ts'
import { makeCertificate } from '../testing/certificate.ts'
import { type Passage, type PathConditions, VirtualClock, VirtualNetwork, virtualEngine } from './index.ts'

const ALPN = ['virtual']
const certificate = makeCertificate({ key: 'ed25519' })

interface World {
  readonly clock: VirtualClock
  readonly client: Connection
  readonly server: Connection
  readonly passages: readonly Passage[]
  readonly endpoints: readonly Endpoint[]
}

async function connected(conditions: PathConditions, seed = 1): Promise<World> {
  const clock = new VirtualClock()
  const network = new VirtualNetwork({ clock, seed, conditions: () => conditions })
  const passages: Passage[] = []
  network.observer = (passage) => passages.push(passage)
  const engine = virtualEngine(network)
  let server: Connection | undefined
  const listening = await engine.bind({
    server: { alpn: ALPN, certificate },
    onConnection: (connection) => {
      server = connection
    },
  })
  const dialling = await engine.bind({})
  const client = dialling.connect(listening.address, {
    alpn: ALPN,
    serverName: certificate.name,
    verify: { certificateHashes: [certificate.hash] },
  })
  assert.equal(await clock.run(30_000, () => server !== undefined && client.peerCertificate !== undefined), 'done')
  assert.ok(server !== undefined)
  return { clock, client, server, passages, endpoints: [listening, dialling] }
}

/** Sends through a stream and says how much arrived. */
async function transfer({ clock, client, server }: World, bytes: number): Promise<number> {
  const stream = client.openStream('uni')
  assert.ok(stream !== undefined)
  let unsent = bytes
  const write = () => {
    unsent -= stream.write(new Uint8Array(unsent))
    if (unsent === 0) stream.finish()
  }
  stream.events = { writable: write }
  write()
  let received = 0
  let ended = false
  server.events = {
    streamsAcceptable: () => {
      const incoming = server.acceptStream('uni')
      if (incoming === undefined) return
      const read = () => {
        for (let chunk = incoming.read(); chunk !== undefined; chunk = incoming.read()) received += chunk.length
        ended = incoming.receiveState === 'ended'
      }
      incoming.events = { readable: read }
      read()
    },
  }
  assert.equal(await clock.run(clock.now() + 60_000, () => ended), 'done')
  return received
}

test('a handshake takes round trips of virtual time, and none of real time', async () => {
  const { clock, client } = await connected({ delay: 5_000 / 4 })
  assert.ok(clock.now() >= 2_500 && clock.now() < 5_000, `${clock.now()} ms`)
  assert.ok(Math.abs(client.stats().minRtt - 2_500) < 1)
})

test('data arrives whole over a bad path', async () => {
  const conditions = { delay: 20, jitter: 10, loss: 0.1, duplicate: 0.05, reorder: 0.05, corrupt: 0.02, bandwidth: 500 }
  const world = await connected(conditions)
  assert.equal(await transfer(world, 300_000), 300_000)
  assert.ok(world.client.stats().packetsLost > 0)
})

test('a transfer takes the time that the bandwidth allows', async () => {
  const world = await connected({ delay: 5, bandwidth: 100 })
  const before = world.clock.now()
  await transfer(world, 200_000)
  const elapsed = world.clock.now() - before
  assert.ok(elapsed > 2_000 && elapsed < 3_500, `${elapsed} ms`)
})

test('a seed repeats a run to the last datagram, but for the lengths of the handshake', async () => {
  const run = async (seed: number): Promise<string> => {
    const world = await connected({ delay: 15, jitter: 10, loss: 0.05, reorder: 0.05, bandwidth: 300 }, seed)
    const handshake = world.passages.length
    await transfer(world, 100_000)
    return JSON.stringify([world.clock.now(), handshake, world.passages.slice(handshake)])
  }
  assert.equal(await run(3), await run(3))
  assert.notEqual(await run(3), await run(4))
})

test('an idle connection ends after the idle timeout of virtual time', async () => {
  const { clock, client } = await connected({ delay: 1 })
  let kind = ''
  client.events = {
    closed: (reason) => {
      kind = reason.kind
    },
  }
  await clock.run(clock.now() + 60_000, () => kind !== '')
  assert.equal(kind, 'idle-timeout')
  assert.ok(clock.now() > 30_000)
})

test('closed endpoints free their ports, and then nothing is left to happen', async () => {
  const { clock, endpoints } = await connected({ delay: 10 })
  let closed = 0
  for (const endpoint of endpoints) void endpoint.close(1, 'enough').then(() => (closed += 1))
  assert.equal(await clock.run(clock.now() + 10_000, () => closed === 2), 'done')
  assert.equal(await clock.run(clock.now() + 10_000, () => false), 'idle')
})
