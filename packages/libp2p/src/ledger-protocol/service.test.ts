import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection, Stream } from '@libp2p/interface'
import { byteStream } from '@libp2p/utils'
import { renewWebTransportSession, webTransportCredit, webTransportSession } from '../credit.ts'
import { RenewableSession } from '../recovery/renewable-session.ts'
import { addressOf, node } from '../testing/node.ts'
import { until } from '../testing/streams.ts'
import { decodeAnswer, encodeAnswer, encodeQuestion } from './message.ts'
import { LEDGER_PROTOCOL, type SluiceLedger } from './service.ts'

async function nodes(options: { server?: boolean } = {}) {
  const server = await node({ ledger: options.server ?? true })
  const client = await node({ listen: [], ledger: true })
  const inbound = new Promise<Connection>((resolve) => {
    server.addEventListener('connection:open', (event) => resolve(event.detail), { once: true })
  })
  const connection = await client.dial(addressOf(server))
  return {
    server,
    client,
    connection,
    inbound: await inbound,
    ledger: client.services.ledger as SluiceLedger,
    stop: () => Promise.all([server.stop(), client.stop()]),
  }
}

/** Length and message, as they are on the wire. */
function framed(message: Uint8Array | string, length?: number): Uint8Array {
  const bytes = typeof message === 'string' ? new TextEncoder().encode(message) : message
  const frame = new Uint8Array(4 + bytes.byteLength)
  new DataView(frame.buffer).setUint32(0, length ?? bytes.byteLength)
  frame.set(bytes, 4)
  return frame
}

const live = (connection: Connection) =>
  webTransportCredit(connection)
    ?.accounts.filter(({ layer, kind }) => layer === 'session' && kind === 'bidi')
    .reduce((sum, account) => sum + account.live, 0)

test('two nodes lay their ledgers side by side, and a stream that both hold is on neither list', async () => {
  const { server, connection, inbound, ledger, stop } = await nodes()
  const held: Stream[] = []
  await server.handle('/hold', (stream) => void held.push(stream))
  const stream = await connection.newStream('/hold')
  stream.send(new Uint8Array(1))
  await until(() => held.length === 1)
  const found = await ledger.compare(connection)
  assert.ok(found)
  assert.equal(found.matchedBy, 'id')
  assert.deepEqual([found.onlyOurs, found.onlyTheirs], [[], []])
  const [ours, theirs] = [found.ours, found.theirs].map((end) => end.streams.find(({ owner }) => owner === '/hold'))
  assert.equal(typeof ours?.id, 'number')
  assert.equal(ours?.id, theirs?.id)
  assert.deepEqual([ours?.opener, theirs?.opener], ['us', 'them'])
  assert.equal(found.theirs.exact, true)
  stream.abort(new Error('done'))
  await until(() => live(connection) === 0 && live(inbound) === 0)
  await stop()
})

test('who asks while a question is under way gets the same answer; who asks too often is told later', async () => {
  const { connection, ledger, stop } = await nodes()
  const [one, other] = await Promise.all([ledger.compare(connection), ledger.compare(connection)])
  assert.ok(one !== undefined && one === other)
  await assert.rejects(ledger.compare(connection), { code: 'ERR_LEDGER_UNAVAILABLE', remote: true })
  await stop()
})

test('a peer that does not speak the protocol is asked once', async () => {
  const { connection, ledger, stop } = await nodes({ server: false })
  assert.equal(await ledger.compare(connection), undefined)
  const opened = webTransportCredit(connection)?.accounts[0]?.opened
  assert.equal(await ledger.compare(connection), undefined)
  assert.equal(webTransportCredit(connection)?.accounts[0]?.opened, opened)
  await stop()
})

const HOSTILE_ANSWERS: Record<string, (stream: Stream) => unknown> = {
  'no JSON': (stream) => stream.send(framed('what?')),
  'a length beyond all bounds': (stream) => stream.send(framed('', 0xffff_ffff)),
  'far more than a message': (stream) => stream.send(new Uint8Array(1_000_000)),
  'half a message, then the end': (stream) => {
    stream.send(framed('{}', 100))
    return stream.close()
  },
  'nothing at all': (stream) => stream.close(),
  'a reset': (stream) => stream.abort(new Error('no')),
  silence: () => {},
}

for (const [what, answer] of Object.entries(HOSTILE_ANSWERS)) {
  test(`a hostile answer gives a typed error in time and leaves no stream: ${what}`, async () => {
    const { server, connection, inbound, ledger, stop } = await nodes({ server: false })
    await server.handle(LEDGER_PROTOCOL, (stream) => void answer(stream))
    await assert.rejects(ledger.compare(connection), (error) => {
      assert.ok(error instanceof Error && 'code' in error)
      return error.code === 'ERR_LEDGER_UNAVAILABLE' || error.code === 'ERR_INVALID_LEDGER_MESSAGE'
    })
    for (const stream of inbound.streams) stream.abort(new Error('over'))
    await until(() => live(connection) === 0)
    assert.equal(connection.status, 'open')
    await stop()
  })
}

const HOSTILE_QUESTIONS: Record<string, (stream: Stream) => unknown> = {
  'no JSON': (stream) => stream.send(framed('what?')),
  'a length beyond all bounds': (stream) => stream.send(framed('', 0xffff_ffff)),
  'far more than a message': (stream) => stream.send(new Uint8Array(1_000_000)),
  'half a length, then the end': (stream) => {
    stream.send(new Uint8Array(2))
    return stream.close()
  },
  'a reset': (stream) => stream.abort(new Error('no')),
}

test('hostile questions get no answer, leave no stream, and the next one is answered', async () => {
  const { connection, inbound, ledger, stop } = await nodes()
  for (const [what, ask] of Object.entries(HOSTILE_QUESTIONS)) {
    const stream = await connection.newStream(LEDGER_PROTOCOL)
    let answered = 0
    stream.addEventListener('message', ({ data }) => {
      answered += data.byteLength
    })
    await ask(stream)
    await until(() => stream.status !== 'open')
    assert.equal(answered, 0, what)
  }
  await until(() => live(inbound) === 0 && live(connection) === 0)
  assert.ok(await ledger.compare(connection))
  await stop()
})

test('a peer that asks on and on costs no more than a word each time', async () => {
  const { connection, stop } = await nodes()
  const sizes: number[] = []
  for (let count = 0; count < 5; count += 1) {
    const stream = await connection.newStream(LEDGER_PROTOCOL)
    let size = 0
    stream.addEventListener('message', ({ data }) => {
      size += data.byteLength
    })
    stream.send(framed(encodeQuestion('ledger')))
    await stream.close()
    await until(() => stream.status !== 'open')
    sizes.push(size)
  }
  assert.ok((sizes[0] ?? 0) > 200)
  assert.deepEqual(
    sizes.slice(1),
    sizes.slice(1).map(() => framed('{"answer":"later"}').byteLength),
  )
  await stop()
})

test('a dialler that hears no DRAIN rotates when it is asked by the protocol, and a listener is no dialler', async (t) => {
  const { connection, inbound, stop } = await nodes()
  const session = webTransportSession(inbound)
  assert.ok(session instanceof RenewableSession)
  // As if the other end were a page.
  t.mock.method(session.current, 'drain', () => {})
  const old = session.current
  assert.equal(await renewWebTransportSession(inbound), true)
  assert.notEqual(session.current, old)
  const stream = await connection.newStream(LEDGER_PROTOCOL)
  stream.send(framed(encodeQuestion('rotate')))
  const answer = await byteStream(stream).read({ bytes: framed('{"answer":"no"}').byteLength })
  assert.deepEqual(answer.subarray(), framed('{"answer":"no"}'))
  await stream.close()
  await stop()
})

test('an answer about a session that was replaced meanwhile is compared with nothing', async () => {
  const { server, connection, ledger, stop } = await nodes({ server: false })
  const answer = framed(encodeAnswer({ exact: true, accounts: [], live: 0, streams: [] }))
  await server.handle(LEDGER_PROTOCOL, async (stream) => {
    await renewWebTransportSession(connection)
    stream.send(answer)
    await stream.close()
  })
  await assert.rejects(ledger.compare(connection), { code: 'ERR_LEDGER_UNAVAILABLE' })
  await stop()
})

test('a question that stands is answered with the ledger once a stream of the other end stays unanswered', async () => {
  const { connection, inbound, stop } = await nodes()
  const stream = await connection.newStream(LEDGER_PROTOCOL)
  const bytes = byteStream(stream)
  stream.send(framed(encodeQuestion('watch')))
  // Nobody answers what does not even say which protocol it wants.
  const silent = await webTransportSession(inbound)?.openStream()
  silent?.write(new Uint8Array(1))
  const length = await bytes.read({ bytes: 4 })
  const answer = decodeAnswer((await bytes.read({ bytes: length.getUint32(0) })).subarray())
  assert.ok(typeof answer === 'object')
  assert.ok(answer.streams.some(({ opener, age }) => opener === 'us' && age >= 100))
  await stream.close()
  silent?.reset(0)
  silent?.stopSending(0)
  await stop()
})
