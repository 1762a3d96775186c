import assert from 'node:assert/strict'
import { test } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { certhash, certhashText } from '../certhash.ts'
import { webTransport } from '../index.browser.ts'
import { nodeComponents } from '../testing/components.ts'

const address = multiaddr(
  `/ip4/127.0.0.1/udp/1/quic-v1/webtransport/certhash/${certhashText(certhash(new Uint8Array(32)))}`,
)

test('a browser without WebTransport offers nothing for dialling, one with it does; neither listens', async (t) => {
  const transport = webTransport()(await nodeComponents())
  assert.deepEqual(transport.dialFilter([address]), [])
  assert.deepEqual(transport.listenFilter([address]), [])
  assert.throws(() => transport.createListener(), { code: 'ERR_CANNOT_LISTEN' })
  Object.defineProperty(globalThis, 'WebTransport', { configurable: true, value: class {} })
  t.after(() => Reflect.deleteProperty(globalThis, 'WebTransport'))
  assert.deepEqual(transport.dialFilter([address]), [address])
})

test('a dial that was given up before it began does nothing', async () => {
  const components = await nodeComponents()
  const transport = webTransport()(components)
  const signal = AbortSignal.abort(new Error('enough'))
  await assert.rejects(transport.dial(address, { signal, upgrader: components.upgrader }), { message: 'enough' })
})
