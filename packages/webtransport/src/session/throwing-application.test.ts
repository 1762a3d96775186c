import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { SessionStream } from '../session.ts'
import { becomes, pair, sessionAccount, utf8 } from '../testing/pair.ts'
import { collectUncaught } from '../testing/uncaught.ts'

const fault = new Error('thrown by the application')
const fail = (): never => {
  throw fault
}

/** Two sessions; the server ends with the test. */
async function sessions(t: TestContext) {
  const { client, peer, server } = await pair()
  t.after(() => server.close())
  return { client, peer, uncaught: collectUncaught(t) }
}

async function openStreams(client: Awaited<ReturnType<typeof sessions>>['client'], count: number) {
  const streams: SessionStream[] = []
  for (let index = 0; index < count; index++) {
    const stream = await client.openStream()
    stream.write(utf8('hello'))
    streams.push(stream)
  }
  return streams
}

test('a taker that throws still gets the streams that follow', async (t) => {
  const { client, peer, uncaught } = await sessions(t)
  const taken: SessionStream[] = []
  peer.onStream = (stream) => {
    taken.push(stream)
    fail()
  }
  await openStreams(client, 3)
  await becomes(() => taken.length, 3)
  await openStreams(client, 1)
  await becomes(() => taken.length, 4)
  assert.deepEqual(uncaught, [fault, fault, fault, fault])
})

test('streams that were held are all handed over though what is told of each throws', async (t) => {
  const { client, peer, uncaught } = await sessions(t)
  await openStreams(client, 3)
  await becomes(() => sessionAccount(peer, 'bidi', 'them').opened, 3)
  const taken: SessionStream[] = []
  peer.onStream = (stream) => {
    taken.push(stream)
    stream.events = { readable: fail }
  }
  await becomes(() => taken.length, 3)
  assert.deepEqual(uncaught, [fault, fault, fault])
})

test('every stream hears of the end of the session though the first throws', async (t) => {
  const { client, peer, uncaught } = await sessions(t)
  const streams = await openStreams(client, 3)
  let told = 0
  for (const stream of streams) {
    stream.events = {
      lost: () => {
        told += 1
        fail()
      },
    }
  }
  client.close()
  assert.equal(told, 3)
  await peer.closed
  await client.closed
  assert.deepEqual(uncaught, [fault, fault, fault])
})

test('a reader of datagrams that throws still gets those that follow', async (t) => {
  const { client, peer, uncaught } = await sessions(t)
  let read = 0
  for (let index = 0; index < 3; index++) client.sendDatagram(utf8('ping'))
  await becomes(() => peer.connectionStats().frames.received.datagram, 3)
  peer.onDatagram = () => {
    read += 1
    fail()
  }
  await becomes(() => read, 3)
  assert.deepEqual(uncaught, [fault, fault, fault])
})
