import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Connection, StreamMuxer, Upgrader } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { SessionStream } from '@sluice/webtransport'
import { BrowserSession } from '../browser/session.ts'
import { certhash, certhashText } from '../certhash.ts'
import { webTransport } from '../index.browser.ts'
import { secureInbound } from '../noise.ts'
import { nodeComponents, stubUpgrader } from '../testing/components.ts'
import { type FakeOptions, type FakeWebTransport, fakePair } from '../testing/fake-web-transport.ts'

const HASH = certhash(new Uint8Array(32))
const ADDRESS = multiaddr(`/ip4/127.0.0.1/udp/1/quic-v1/webtransport/certhash/${certhashText(HASH)}`)

/** A page whose `WebTransport` reaches a node that echoes; each of its sessions has credit for so many streams. */
async function page(t: TestContext, options: FakeOptions) {
  const node = await nodeComponents()
  const urls: string[] = []
  const sessions: FakeWebTransport[] = []
  const accept = async (session: BrowserSession): Promise<void> => {
    const wire = await new Promise<SessionStream>((resolve) => {
      session.onStream = (stream) => {
        session.onStream = undefined
        resolve(stream)
      }
    })
    const signal = AbortSignal.timeout(10_000)
    await secureInbound(node, wire, { signal, log: node.logger.forComponent('test'), certhashes: [HASH] })
    session.onStream = echo
  }
  class Platform {
    constructor(url: string) {
      const [near, far] = fakePair(options)
      urls.push(url)
      sessions.push(near)
      void accept(new BrowserSession(far as unknown as WebTransport))
      // biome-ignore lint/correctness/noConstructorReturn: what `new` gives is one end of a pair
      return near as unknown as Platform
    }
  }
  Object.defineProperty(globalThis, 'WebTransport', { configurable: true, value: Platform })
  t.after(() => Reflect.deleteProperty(globalThis, 'WebTransport'))

  let muxer: StreamMuxer | undefined
  const upgradeOutbound: Upgrader['upgradeOutbound'] = async (connection, { muxerFactory }) => {
    muxer = muxerFactory?.createStreamMuxer(connection)
    return connection as unknown as Connection
  }
  const components = await nodeComponents(stubUpgrader({ upgradeOutbound }))
  const transport = webTransport()(components)
  const signal = AbortSignal.timeout(20_000)
  const connection = await transport.dial(ADDRESS, { signal, upgrader: components.upgrader })
  assert.ok(muxer)
  return { muxer, connection, urls, sessions }
}

/** Answers with what comes, and ends when it ends. */
function echo(stream: SessionStream): void {
  const readable = (): void => {
    for (let bytes = stream.read(); bytes !== undefined; bytes = stream.read()) stream.write(bytes)
    if (stream.receiveState !== 'open') stream.finish()
  }
  stream.events = { readable }
  readable()
}

async function roundTrip(muxer: StreamMuxer): Promise<number> {
  const stream = await muxer.createStream()
  stream.send(new Uint8Array(5))
  await stream.close()
  let size = 0
  for await (const data of stream) size += data.byteLength
  return size
}

for (const withoutCredit of ['rejects', 'hangs'] as const) {
  test(`a page whose opens wait for credit that never comes rotates, and nothing is lost: an open ${withoutCredit}`, async (t) => {
    const { muxer, connection, urls, sessions } = await page(t, { limit: 30, refills: false, withoutCredit })
    const sizes = await Promise.all(Array.from({ length: 50 }, () => roundTrip(muxer)))
    assert.deepEqual(new Set(sizes), new Set([5]))
    assert.equal(connection.status, 'open')
    assert.equal(sessions.length, 2)
    // The node knows by the name that both are for one connection.
    assert.match(urls[0] ?? '', /\?type=noise&sluice-connection=[0-9a-f-]{36}$/)
    assert.equal(urls[1], urls[0])
    connection.abort(new Error('over'))
  })
}
