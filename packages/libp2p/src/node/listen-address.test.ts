import assert from 'node:assert/strict'
import { test } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { bindTo, dialerAddress } from './listen-address.ts'

for (const [host, text] of [
  ['127.0.0.1', '/ip4/127.0.0.1/udp/9/quic-v1/webtransport'],
  ['::1', '/ip6/::1/udp/9/quic-v1/webtransport'],
  ['::ffff:10.0.0.1', '/ip4/10.0.0.1/udp/9/quic-v1/webtransport'],
  ['fe80::1%eth0', '/ip6/fe80::1/udp/9/quic-v1/webtransport'],
] as const) {
  test(`a peer at ${host} is shown as ${text}`, () => {
    assert.equal(dialerAddress({ host, port: 9 }).toString(), text)
  })
}

test('only an IP address can be listened on', () => {
  assert.deepEqual(bindTo(multiaddr('/ip6/::/udp/4001/quic-v1/webtransport')), { host: '::', port: 4001 })
  for (const text of ['/dns4/example.com/udp/1/quic-v1/webtransport', '/ip4/127.0.0.1/tcp/1']) {
    assert.throws(() => bindTo(multiaddr(text)), { code: 'ERR_CANNOT_LISTEN' })
  }
})
