import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Governor } from '@sluice/webtransport'
import { addressOf, node } from '../testing/node.ts'

const HELD = '/held/1.0.0'
const PING = '/ipfs/ping/1.0.0'

/** A floor of which two streams are kept back; the CONNECT stream has one of the rest. */
const FLOOR = 16
const OPEN_TO_ALL = FLOOR - 1 - 2

test('an application that has used up the limit does not cost the connection its pings', async () => {
  const [listener, dialer] = await Promise.all([
    node({ init: { governor: { floor: { bidi: FLOOR, uni: 16 }, budget: 0 } } }),
    node({ listen: [], init: { openDeadline: 200 } }),
  ])
  await listener.handle(HELD, () => {}, { maxInboundStreams: 100 })
  await listener.handle(PING, (stream) => {
    stream.addEventListener('message', ({ data }) => void stream.send(data))
    stream.addEventListener('remoteCloseWrite', () => void stream.close())
  })
  const connection = await dialer.dial(addressOf(listener))
  const held = []
  // The streams of the upgrade are over, but their credit may still be on its way.
  while (held.length < OPEN_TO_ALL) held.push(await connection.newStream(HELD, { maxOutboundStreams: 100 }))
  await assert.rejects(connection.newStream(HELD, { maxOutboundStreams: 100 }), { code: 'ERR_NO_STREAM_CREDIT' })

  for (let round = 0; round < 3 * FLOOR; round += 1) {
    const stream = await connection.newStream(PING)
    const answer = new Promise((resolve) => stream.addEventListener('message', resolve, { once: true }))
    stream.send(Uint8Array.of(round))
    await answer
    await stream.close()
  }
  assert.equal(
    held.every(({ status }) => status === 'open'),
    true,
  )
  await Promise.all([listener.stop(), dialer.stop()])
})

test('one governor may serve several transports, and lets go of a connection that ends', async () => {
  const governor = new Governor()
  const [one, other, dialer] = await Promise.all([
    node({ init: { governor } }),
    node({ init: { governor } }),
    node({ listen: [] }),
  ])
  await Promise.all([dialer.dial(addressOf(one)), dialer.dial(addressOf(other))])
  assert.equal(governor.snapshot.connections, 2)
  await Promise.all([one.stop(), other.stop(), dialer.stop()])
  assert.equal(governor.snapshot.connections, 0)
})
