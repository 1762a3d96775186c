import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cleanEnd, echo, pair, readAll, sessionAccount, settled, utf8, writeAll } from './testing/pair.ts'

test('a bidirectional stream carries bytes both ways and gives its credit back', async () => {
  const { client, peer, server } = await pair()
  echo(peer)
  const stream = await client.openStream()
  const answer = readAll(stream)
  await writeAll(stream, utf8('hello'))
  assert.equal(Buffer.from(await answer).toString(), 'hello')
  await settled()
  for (const [session, opener] of [
    [client, 'us'],
    [peer, 'them'],
  ] as const) {
    const account = sessionAccount(session, 'bidi', opener)
    assert.deepEqual([account.opened, account.accepted, account.retired, account.live], [1, 1, 1, 0])
  }
  await server.close()
  assert.deepEqual(cleanEnd(await client.closed), { remote: true, closeCode: 0, reason: '' })
})

test('a close by the client tells the server code and reason', async () => {
  const { client, peer, server } = await pair()
  client.close({ closeCode: 7, reason: 'done' })
  assert.deepEqual(cleanEnd(await peer.closed), { remote: true, closeCode: 7, reason: 'done' })
  assert.deepEqual(cleanEnd(await client.closed), { remote: false, closeCode: 7, reason: 'done' })
  assert.equal(server.sessions.size, 0)
  await server.close()
})
