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
import { platformStream } from '../testing/platform-stream.ts'
import { turn, until } from '../testing/streams.ts'

const HASH = certhash(new Uint8Array(32))
const ADDRESS = multiaddr(`/ip4/127.0.0.1/udp/1/quic-v1/webtransport/certhash/${certhashText(HASH)}`)

interface PageOptions extends FakeOptions {
  /** False: the node never ends the stream of Noise, as go-libp2p. Default true. */
  readonly endsNoise?: boolean
}

/** A page whose `WebTransport` reaches a node that echoes; each of its sessions has credit for so many streams. */
async function page(t: TestContext, { endsNoise = true, ...options }: PageOptions) {
  const node = await nodeComponents()
  const urls: string[] = []
  const sessions: FakeWebTransport[] = []
  const taken: SessionStream[] = []
  const accept = async (session: BrowserSession): Promise<void> => {
    const wire = await new Promise<SessionStream>((resolve) => {
      session.onStream = (stream) => {
        session.onStream = undefined
        resolve(stream)
      }
    })
    if (!endsNoise) wire.finish = () => {}
    const signal = AbortSignal.timeout(10_000)
    await secureInbound(node, wire, { signal, log: node.logger.forComponent('test'), certhashes: [HASH] })
    session.onStream = (stream) => {
      taken.push(stream)
      echo(stream)
    }
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
  return { muxer, connection, urls, sessions, taken }
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

/** Pages that are made from now on are Firefox's, and time passes only when the test says so. */
function inFirefox(t: TestContext): (span: number) => Promise<void> {
  t.mock.getter(navigator, 'userAgent', () => 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0')
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  return async (span) => {
    for (let left = span; left > 0; left -= 100) {
      t.mock.timers.tick(100)
      await turn()
    }
  }
}

test('a page in Firefox leaves a session that go-libp2p has used up as soon as the streams on it are over', async (t) => {
  const pass = inFirefox(t)
  const { muxer, connection, sessions, taken } = await page(t, { endsNoise: false })
  let messages = 0
  muxer.addEventListener('stream', ({ detail }) => detail.addEventListener('message', () => (messages += 1)))
  const spoil = Array.from({ length: 100 }, () => {
    const { stream, spoil } = platformStream()
    sessions[0]?.receive(stream)
    return spoil
  })
  await until(() => messages === spoil.length)
  for (const each of spoil) each()
  // The fresh session stands once it has more streams, by which the peer is led to it.
  await until(() => taken.length === 32)
  // It and two that stand ready.
  await until(() => sessions.length === 4)
  let over = false
  sessions[0]?.closed.then(() => {
    over = true
  })
  await pass(2_000)
  assert.ok(over)
  assert.equal(connection.status, 'open')
  connection.abort(new Error('over'))
})
