import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Admission } from './admission.ts'
import { answer } from './request.ts'

for (const [path, status] of [
  ['/.well-known/libp2p-webtransport?type=noise', undefined],
  ['/.well-known/libp2p-webtransport?other=1&type=noise', undefined],
  ['/.well-known/libp2p-webtransport', 400],
  ['/.well-known/libp2p-webtransport?type=', 400],
  ['/.well-known/libp2p-webtransport?type=tls', 400],
  ['/.well-known/libp2p-webtransport/?type=noise', 404],
  ['/', 404],
  ['', 404],
  ['//', 404],
  ['http://[', 404],
] as const) {
  test(`a request for ${JSON.stringify(path)} gets ${status ?? 'its session'}`, () => {
    const given = answer({ path }, { full: false })
    assert.equal(given.accept ? undefined : given.status, status)
  })
}

test('a full node answers 503, and is full no more when what filled it is over', () => {
  const path = '/.well-known/libp2p-webtransport?type=noise'
  const admission = new Admission({ maxConnections: 2, maxHandshakes: 1 })
  const endHandshake = admission.beginHandshake()
  assert.deepEqual(answer({ path }, admission), { accept: false, status: 503 })
  endHandshake()
  endHandshake()
  assert.equal(answer({ path }, admission).accept, true)
  admission.beginConnection()
  const endConnection = admission.beginConnection()
  assert.equal(answer({ path }, admission).accept, false)
  endConnection()
  assert.equal(answer({ path }, admission).accept, true)
})
