import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testEngine } from '../testing/pair.ts'
import { type NodeWebTransportOptions, WebTransport } from './webtransport.ts'

const engine = testEngine()
const hash = { algorithm: 'sha-256', value: new Uint8Array(32) }

for (const url of [
  '',
  'no-scheme',
  'http://example.org/',
  'wss://example.org/',
  'https://example.org/#fragment',
  'https://',
]) {
  test(`the URL ${JSON.stringify(url)} is a SyntaxError`, () => {
    assert.throws(() => new WebTransport(url, { engine }), { name: 'SyntaxError' })
  })
}

const refused: readonly (readonly [what: string, name: string, options: NodeWebTransportOptions])[] = [
  ['a protocol twice', 'SyntaxError', { protocols: ['a', 'a'] }],
  ['an empty protocol', 'SyntaxError', { protocols: [''] }],
  ['a protocol of 513 characters', 'SyntaxError', { protocols: ['x'.repeat(513)] }],
  ['a protocol outside ASCII', 'SyntaxError', { protocols: ['é'] }],
  ['pooling with hashes', 'NotSupportedError', { allowPooling: true, serverCertificateHashes: [hash] }],
  ['the header that protocols make', 'TypeError', { headers: { 'WT-Available-Protocols': '"a"' } }],
  ['a header that is none', 'TypeError', { headers: { 'bad name': 'x' } }],
  ['an unknown congestion control', 'TypeError', JSON.parse('{"congestionControl":"fast"}')],
  ['an unknown type of datagrams', 'TypeError', JSON.parse('{"datagramsReadableType":"text"}')],
  ['65,536 anticipated streams', 'TypeError', { anticipatedConcurrentIncomingBidirectionalStreams: 65_536 }],
  ['-1 anticipated streams', 'TypeError', { anticipatedConcurrentIncomingUnidirectionalStreams: -1 }],
]

for (const [what, name, options] of refused) {
  test(`${what} is a ${name}`, () => {
    assert.throws(() => new WebTransport('https://127.0.0.1:1/', { engine, ...options }), { name })
  })
}

test('the attributes of anticipated streams take a number of 16 bits, or null', async () => {
  const transport = new WebTransport('https://127.0.0.1:1/', {
    engine,
    anticipatedConcurrentIncomingBidirectionalStreams: 7,
  })
  assert.equal(transport.anticipatedConcurrentIncomingBidirectionalStreams, 7)
  assert.equal(transport.anticipatedConcurrentIncomingUnidirectionalStreams, null)
  transport.anticipatedConcurrentIncomingUnidirectionalStreams = 65_535
  assert.throws(() => {
    transport.anticipatedConcurrentIncomingUnidirectionalStreams = 70_000
  }, TypeError)
  transport.anticipatedConcurrentIncomingUnidirectionalStreams = null
  assert.equal(transport.reliability, 'pending')
  assert.equal(transport.responseHeaders, null)
  assert.equal(transport.protocol, '')
  transport.close()
  await assert.rejects(transport.closed)
  assert.throws(() => transport.createSendGroup(), { name: 'InvalidStateError' })
})
