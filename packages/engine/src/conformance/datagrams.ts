import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Engine } from '../engine.ts'
import { eventually } from './condition.ts'
import { bytes, ends, OPENERS, withPair } from './pair.ts'

export function datagramSuite(engine: Engine): void {
  for (const sender of OPENERS) {
    test(`datagrams of the ${sender} arrive whole`, () =>
      withPair(engine, {}, async (pair) => {
        const { us, them } = ends(pair, sender)
        const sizes = [0, 1, 500, us.connection.maxDatagramSize]
        for (const size of sizes) {
          assert.equal(us.connection.sendDatagram(bytes(size, size)), 'queued')
          assert.deepEqual(Buffer.from(await them.receiveDatagram()), Buffer.from(bytes(size, size)))
        }
        assert.equal(us.connection.stats().frames.sent.datagram, sizes.length)
        assert.equal(them.connection.stats().frames.received.datagram, sizes.length)
        assert.equal(them.connection.receiveDatagram(), undefined)
      }))
  }

  test('a datagram that no packet can hold is too large', () =>
    withPair(engine, {}, async ({ client }) => {
      const { maxDatagramSize } = client.connection
      assert.ok(maxDatagramSize >= 1000, `${maxDatagramSize}`)
      assert.equal(client.connection.sendDatagram(bytes(70_000)), 'too-large')
    }))

  test('the largest frame is announced and kept to', () =>
    withPair(engine, { server: { maxDatagramFrameSize: 300 } }, async ({ client, server }) => {
      assert.equal(client.connection.peerTransportParameters?.maxDatagramFrameSize, 300)
      const { maxDatagramSize } = client.connection
      assert.ok(maxDatagramSize > 250 && maxDatagramSize < 300, `${maxDatagramSize}`)
      assert.equal(client.connection.sendDatagram(bytes(maxDatagramSize)), 'queued')
      assert.equal((await server.receiveDatagram()).length, maxDatagramSize)
      assert.equal(client.connection.sendDatagram(bytes(300)), 'too-large')
      assert.equal(server.connection.sendDatagram(bytes(1000)), 'queued', 'the other way it does not hold')
    }))

  test('a peer that takes no datagrams gets none', () =>
    withPair(engine, { server: { maxDatagramFrameSize: 0 } }, async ({ client, server }) => {
      assert.equal(client.connection.peerTransportParameters?.maxDatagramFrameSize, 0)
      assert.equal(server.connection.transportParameters.maxDatagramFrameSize, 0)
      assert.equal(client.connection.maxDatagramSize, 0)
      assert.equal(client.connection.sendDatagram(bytes(1)), 'unsupported')
    }))

  test('a full queue says so, and says when there is room', () =>
    withPair(engine, { client: { datagramSendBuffer: 5000 } }, async ({ client }) => {
      let queued = 0
      while (client.connection.sendDatagram(bytes(1000)) === 'queued') queued += 1
      assert.ok(queued > 0 && queued < 100, `${queued}`)
      await client.until('room', () => client.datagramsWritable > 0)
      assert.equal(client.connection.sendDatagram(bytes(1000)), 'queued')
    }))

  test('a receiver that does not read loses the oldest, and knows how many', () =>
    withPair(engine, { server: { datagramReceiveBuffer: 3500 } }, async ({ client, server }) => {
      for (let index = 0; index < 10; index += 1) {
        assert.equal(client.connection.sendDatagram(bytes(1000, index)), 'queued')
      }
      await eventually('all datagrams', () => server.connection.stats().frames.received.datagram === 10)
      const seeds: (number | undefined)[] = []
      for (let data = server.connection.receiveDatagram(); data; data = server.connection.receiveDatagram()) {
        seeds.push(data[0])
      }
      assert.deepEqual(seeds, [7, 8, 9])
      assert.equal(server.connection.stats().datagramsDropped, 7)
    }))
}
