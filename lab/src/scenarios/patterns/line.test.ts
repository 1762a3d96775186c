import assert from 'node:assert/strict'
import { test } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { Line } from './line.ts'

const PEER = multiaddr('/ip4/127.0.0.1/udp/4001/quic-v1/webtransport')

test('a straight line leads to the peer itself, and nothing is lost on it', async () => {
  const line = await Line.to(PEER, false)
  line.cut(true)
  assert.deepEqual([line.address, line.lost], [PEER, 0])
  await line.close()
})

test('a lossy line leads to the same peer by another port', async () => {
  const line = await Line.to(PEER, true)
  const text = line.address.toString()
  assert.notEqual(text, PEER.toString())
  assert.equal(text.replace(/\/udp\/\d+\//, '/udp/4001/'), PEER.toString())
  await line.close()
})

test('where there is no port there is no lossy line', async () => {
  await assert.rejects(Line.to(multiaddr('/ip4/127.0.0.1/tcp/4001'), true), RangeError)
})
