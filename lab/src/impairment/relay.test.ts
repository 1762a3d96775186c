import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { test } from 'node:test'
import { Relay, type RelayOptions } from './relay.ts'

async function socket(): Promise<Socket> {
  const opened = createSocket('udp4')
  opened.bind(0, '127.0.0.1')
  await once(opened, 'listening')
  return opened
}

/** Sends numbered packets and says which of them reached the server, in which order; the last one comes for certain. */
async function run(options: Omit<RelayOptions, 'target'>, count: number): Promise<number[]> {
  const [client, server] = [await socket(), await socket()]
  const relay = await Relay.start({ ...options, target: server.address().port })
  const seen: number[] = []
  const last = new Promise<void>((resolve) => {
    server.on('message', (packet) => {
      const number = packet.readUInt16BE()
      if (number === count) resolve()
      else seen.push(number)
    })
  })
  const send = (number: number): void => {
    const packet = Buffer.alloc(2)
    packet.writeUInt16BE(number)
    client.send(packet, relay.port, '127.0.0.1')
  }
  for (let number = 0; number < count; number++) {
    send(number)
    while (relay.counts.toServer.received <= number) await new Promise(setImmediate)
  }
  relay.impair({ toServer: {} })
  send(count)
  await last
  await relay.close()
  client.close()
  server.close()
  return seen
}

const inOrder = Array.from({ length: 200 }, (_, number) => number)

test('passes every packet in order when nothing is impaired', async () => {
  assert.deepEqual(await run({ seed: 1 }, 200), inOrder)
})

test('loses the same packets again with the same seed, and others with another', async () => {
  const first = await run({ seed: 7, toServer: { loss: 0.2 } }, 200)
  assert.ok(first.length > 120 && first.length < 190, `${first.length} of 200 arrived`)
  assert.deepEqual(await run({ seed: 7, toServer: { loss: 0.2 } }, 200), first)
  assert.notDeepEqual(await run({ seed: 8, toServer: { loss: 0.2 } }, 200), first)
})

test('duplicates and reorders without losing', async () => {
  const doubled = await run({ seed: 3, toServer: { duplicate: 1 } }, 50)
  assert.deepEqual(
    doubled,
    inOrder.slice(0, 50).flatMap((number) => [number, number]),
  )
  const mixed = await run({ seed: 3, toServer: { reorder: 0.3 } }, 200)
  assert.notDeepEqual(mixed, inOrder)
  assert.deepEqual(
    mixed.toSorted((a, b) => a - b),
    inOrder,
  )
})

test('shows the server a new port after a rebinding, and the answers still reach the client', async () => {
  const [client, server] = [await socket(), await socket()]
  server.on('message', (packet, from) => server.send(packet, from.port, from.address))
  const relay = await Relay.start({ target: server.address().port, seed: 1, toClient: { delay: 1 } })
  const ports: number[] = []
  for (const text of ['before', 'after']) {
    const [atServer, atClient] = [once(server, 'message'), once(client, 'message')]
    client.send(text, relay.port, '127.0.0.1')
    ports.push((await atServer)[1].port)
    assert.equal(String((await atClient)[0]), text)
    await relay.rebind()
  }
  assert.notEqual(ports[0], ports[1])
  await relay.close()
  client.close()
  server.close()
})
