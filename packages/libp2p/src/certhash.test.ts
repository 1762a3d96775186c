import assert from 'node:assert/strict'
import { test } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { base58btc } from 'multiformats/bases/base58'
import { dialTarget } from './address.ts'
import { certhash, certhashText, isSubset, parseCerthash } from './certhash.ts'
import { dialFilter, listenFilter } from './filters.ts'

const BASE = '/ip4/127.0.0.1/udp/4001/quic-v1/webtransport'
const hash = (fill: number) => certhash(new Uint8Array(32).fill(fill))
const tail = (...fills: number[]) => fills.map((fill) => `/certhash/${certhashText(hash(fill))}`).join('')

test('a certhash is printed as base64url and read back in any multibase', () => {
  assert.match(certhashText(hash(1)), /^uEi/)
  assert.deepEqual(parseCerthash(certhashText(hash(1))).digest, hash(1).digest)
  assert.deepEqual(parseCerthash(base58btc.encode(hash(2).bytes)).digest, hash(2).digest)
})

for (const [name, text] of [
  ['broken multibase', '!!!'],
  ['an empty text', ''],
  ['no multihash', base58btc.encode(Uint8Array.of(0x12, 0x20, 1))],
  ['another hash function', base58btc.encode(Uint8Array.of(0x11, 2, 1, 2))],
  ['a short SHA-256', base58btc.encode(Uint8Array.of(0x12, 2, 1, 2))],
] as const) {
  test(`${name} is refused with a typed error`, () => {
    assert.throws(() => parseCerthash(text), { code: 'ERR_INVALID_CERTHASH' })
  })
}

test('an address is taken apart for the dialler', () => {
  const target = dialTarget(multiaddr(`/ip6/::1/udp/4001/quic-v1/webtransport${tail(1, 2)}`))
  assert.equal(target.url, 'https://[::1]:4001/.well-known/libp2p-webtransport?type=noise')
  assert.equal(target.host, '::1')
  assert.equal(target.port, 4001)
  assert.equal(target.remotePeer, undefined)
  assert.deepEqual(
    target.certhashes.map((each) => each.digest[0]),
    [1, 2],
  )
})

for (const [name, address, code] of [
  ['without a certhash', BASE, 'ERR_MISSING_CERTHASH'],
  ['with three', `${BASE}${tail(1, 2, 3)}`, 'ERR_TOO_MANY_CERTHASHES'],
  ['through a relay', `${BASE}${tail(1)}/p2p-circuit`, 'ERR_INVALID_ADDRESS'],
] as const) {
  test(`an address ${name} is refused with a typed error and is not offered for dialling`, () => {
    assert.throws(() => dialTarget(multiaddr(address)), { code })
    assert.deepEqual(dialFilter([multiaddr(address)]), [])
  })
}

test('the filters keep what can be dialled and listened on', () => {
  const good = multiaddr(`${BASE}${tail(1)}`)
  assert.deepEqual(dialFilter([good, multiaddr('/ip4/127.0.0.1/tcp/4001')]), [good])
  assert.equal(listenFilter([multiaddr(BASE), multiaddr('/ip4/127.0.0.1/udp/4001/quic-v1')]).length, 1)
})

test('a subset is one by content', () => {
  assert.equal(isSubset([hash(1).bytes], [hash(2).bytes, hash(1).bytes.slice()]), true)
  assert.equal(isSubset([hash(3).bytes], [hash(2).bytes]), false)
})
