import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../testing/manual-clock.ts'
import { pair, utf8 } from '../testing/pair.ts'
import { WebTransportDatagramDuplexStream } from './datagrams.ts'

async function datagrams(readable?: 'bytes') {
  const clock = new ManualClock()
  const made = await pair()
  const ours = new WebTransportDatagramDuplexStream({}, clock, readable)
  ours.begin(made.client)
  const theirs = new WebTransportDatagramDuplexStream({}, clock, readable)
  theirs.begin(made.peer)
  return { ...made, clock, ours, theirs }
}

for (const type of [undefined, 'bytes'] as const) {
  test(`datagrams go both ways through streams (readable: ${type ?? 'default'})`, async () => {
    const { ours, theirs, server } = await datagrams(type)
    for (const [from, to] of [
      [ours, theirs],
      [theirs, ours],
    ] as const) {
      const reader = to.readable.getReader()
      await from
        .createWritable()
        .getWriter()
        .write(new Uint8Array(utf8('ping')))
      assert.equal(Buffer.from((await reader.read()).value ?? []).toString(), 'ping')
    }
    await server.close()
  })
}

test('the oldest datagrams that nobody reads are dropped, and counted', async () => {
  const { ours, theirs, server, peer } = await datagrams()
  theirs.incomingMaxBufferedDatagrams = 2
  const received = new Promise<void>((resolve) => {
    const add = peer.onDatagram
    let count = 0
    peer.onDatagram = (payload) => {
      add?.(payload)
      count += 1
      if (count === 4) resolve()
    }
  })
  const writer = ours.createWritable().getWriter()
  for (const word of ['1', '2', '3', '4']) await writer.write(new Uint8Array(utf8(word)))
  await received
  assert.equal(theirs.counts.droppedIncoming, 2)
  const reader = theirs.readable.getReader()
  assert.equal(Buffer.from((await reader.read()).value ?? []).toString(), '3')
  await server.close()
})

test('datagrams that wait longer than they may are dropped, and counted', () => {
  const clock = new ManualClock()
  const duplex = new WebTransportDatagramDuplexStream({}, clock, undefined)
  duplex.outgoingMaxAge = 100
  const writer = duplex.createWritable().getWriter()
  void writer.write(new Uint8Array(1))
  return Promise.resolve().then(async () => {
    clock.advance(101)
    await writer.write(new Uint8Array(2))
    assert.equal(duplex.counts.expiredOutgoing, 1)
    duplex.end(undefined)
    await writer.write(new Uint8Array(3))
  })
})

test('a writer waits when as many datagrams are buffered as may be', async () => {
  const duplex = new WebTransportDatagramDuplexStream({}, new ManualClock(), undefined)
  duplex.outgoingMaxBufferedDatagrams = 2
  const writer = duplex.createWritable().getWriter()
  await writer.write(new Uint8Array(1))
  let written = false
  const second = writer.write(new Uint8Array(1)).then(() => {
    written = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(written, false)
  const { client, server } = await pair()
  duplex.begin(client)
  await second
  await server.close()
})

test('a chunk that is larger than the path takes is dropped without an error, one that is no bytes is an error', async () => {
  const { ours, server } = await datagrams()
  const writable = ours.createWritable({ sendOrder: 2 })
  assert.equal(writable.sendOrder, 2)
  const writer = writable.getWriter()
  await writer.write(new Uint8Array(ours.maxDatagramSize + 1))
  await assert.rejects(writer.write('text' as unknown as BufferSource), TypeError)
  await server.close()
})

test('ages are positive numbers or null; counts are at least one', () => {
  const duplex = new WebTransportDatagramDuplexStream({}, new ManualClock(), undefined)
  assert.equal(duplex.maxDatagramSize, 1024)
  for (const name of ['incomingMaxAge', 'outgoingMaxAge'] as const) {
    assert.equal(duplex[name], null)
    duplex[name] = 5
    assert.equal(duplex[name], 5)
    duplex[name] = 0
    assert.equal(duplex[name], null)
    for (const bad of [-1, Number.NaN]) {
      assert.throws(() => {
        duplex[name] = bad
      }, RangeError)
    }
  }
  duplex.incomingMaxBufferedDatagrams = 0
  assert.equal(duplex.incomingMaxBufferedDatagrams, 1)
  assert.throws(() => {
    duplex.outgoingMaxBufferedDatagrams = Number.NaN
  }, TypeError)
})
