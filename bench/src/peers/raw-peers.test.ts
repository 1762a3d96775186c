import assert from 'node:assert/strict'
import test from 'node:test'
import { memoryEngine } from '@sluice/engine/memory'
import { enginePeer } from './engine-peer.ts'
import { webTransportPeer } from './webtransport-peer.ts'

for (const [name, makePeer] of Object.entries({ enginePeer, webTransportPeer })) {
  test(`${name}: more streams are exchanged than are granted at once, so the credit comes back`, async () => {
    const peer = makePeer(memoryEngine())
    const dial = await peer.driver(await peer.serve())
    const connection = await dial()
    for (let round = 0; round < 10; round++) {
      await Promise.all(Array.from({ length: 100 }, () => connection.exchange()))
    }
    await connection.close()
  })

  test(`${name}: an upload ends when the listener has read all of it`, async () => {
    const peer = makePeer(memoryEngine())
    const connection = await (await peer.driver(await peer.serve()))()
    await connection.upload(3_000_000)
    await connection.close()
  })

  test(`${name}: each dial is a connection of its own`, async () => {
    const peer = makePeer(memoryEngine())
    const dial = await peer.driver(await peer.serve())
    const [one, other] = [await dial(), await dial()]
    await one.close()
    await assert.doesNotReject(other.exchange())
    await other.close()
  })
}
