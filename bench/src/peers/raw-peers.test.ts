import assert from 'node:assert/strict'
import test, { afterEach } from 'node:test'
import { type Endpoint, type Engine, quinnEngine } from '@sluice/engine'
import { enginePeer } from './engine-peer.ts'
import { webTransportPeer } from './webtransport-peer.ts'

const bound: Endpoint[] = []

/** Peers of the bench run until their process ends; those of a test end with it. */
const engine: Engine = {
  name: quinnEngine.name,
  bind: async (options) => {
    const endpoint = await quinnEngine.bind(options)
    bound.push(endpoint)
    return endpoint
  },
}

afterEach(async () => {
  await Promise.all(bound.splice(0).map((endpoint) => endpoint.close()))
})

for (const [name, makePeer] of Object.entries({ enginePeer, webTransportPeer })) {
  test(`${name}: more streams are exchanged than are granted at once, so the credit comes back`, async () => {
    const peer = makePeer(engine)
    const dial = await peer.driver(await peer.serve())
    const connection = await dial()
    for (let round = 0; round < 10; round++) {
      await Promise.all(Array.from({ length: 100 }, () => connection.exchange()))
    }
    await connection.close()
  })

  test(`${name}: an upload ends when the listener has read all of it`, async () => {
    const peer = makePeer(engine)
    const connection = await (await peer.driver(await peer.serve()))()
    await connection.upload(3_000_000)
    await connection.close()
  })

  test(`${name}: each dial is a connection of its own`, async () => {
    const peer = makePeer(engine)
    const dial = await peer.driver(await peer.serve())
    const [one, other] = [await dial(), await dial()]
    await one.close()
    await assert.doesNotReject(other.exchange())
    await other.close()
  })
}
