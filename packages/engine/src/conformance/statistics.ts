import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Engine } from '../engine.ts'
import { eventually } from './condition.ts'
import { bytes, withPair } from './pair.ts'

export function statisticsSuite(engine: Engine): void {
  test('a ping is a packet', () =>
    withPair(engine, {}, async ({ client, server }) => {
      const before = server.connection.stats().packetsReceived
      client.connection.ping()
      await eventually('the PING', () => server.connection.stats().packetsReceived > before)
    }))

  test('each end counts what it sent and what arrived', () =>
    withPair(engine, {}, async ({ client, server }) => {
      const stream = client.open('uni')
      await stream.write(bytes(200_000))
      stream.stream.finish()
      assert.equal((await (await server.accept('uni')).readAll()).length, 200_000)
      const [received, sent] = [server.connection.stats(), client.connection.stats()]
      for (const [arrived, left] of [
        [received.packetsReceived, sent.packetsSent],
        [received.bytesReceived, sent.bytesSent],
        [received.frames.received.stream, sent.frames.sent.stream],
      ] as const) {
        assert.ok(arrived >= 100 && arrived <= left, `${arrived} of ${left}`)
      }
      assert.ok(received.bytesReceived > 200_000)
    }))

  test('the path is measured', () =>
    withPair(engine, {}, async ({ client }) => {
      const stream = client.open('uni')
      await stream.write(bytes(100_000))
      stream.stream.finish()
      await stream.finished()
      const { rtt, minRtt, rttVariation, congestionWindow, pathMtu } = client.connection.stats()
      assert.ok(minRtt > 0 && rtt >= minRtt && rtt < 10_000, `${minRtt} ${rtt}`)
      assert.ok(rttVariation > 0 && rttVariation < 10_000, `${rttVariation}`)
      assert.ok(congestionWindow >= 2 * 1200)
      // RFC 9000, 14
      assert.ok(pathMtu >= 1200 && pathMtu <= 65_527, `${pathMtu}`)
    }))
}
