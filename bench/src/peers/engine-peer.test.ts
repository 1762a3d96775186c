import assert from 'node:assert/strict'
import test from 'node:test'
import { memoryEngine } from '@sluice/engine/memory'
import { enginePeer } from './engine-peer.ts'

test('a listener and a driver exchange more streams than are granted at once, and the credit comes back', async () => {
  const peer = enginePeer(memoryEngine())
  const dial = await peer.driver(await peer.serve())
  const connection = await dial()
  for (let round = 0; round < 10; round++) {
    await Promise.all(Array.from({ length: 100 }, () => connection.exchange()))
  }
  await connection.close()
})

test('an upload ends when the listener has read all of it', async () => {
  const peer = enginePeer(memoryEngine())
  const connection = await (await peer.driver(await peer.serve()))()
  await connection.upload(3_000_000)
  await connection.close()
})

test('each dial is a connection of its own', async () => {
  const peer = enginePeer(memoryEngine())
  const dial = await peer.driver(await peer.serve())
  const [one, other] = [await dial(), await dial()]
  await one.close()
  await assert.doesNotReject(other.exchange())
  await other.close()
})
