import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Connection } from '@libp2p/interface'
import { WebTransport } from '@sluice/webtransport'
import { createLibp2p } from 'libp2p'
import { webTransportSession } from '../credit.ts'
import { sluiceLedger, webTransport } from '../index.browser.ts'
import { addressOf, node } from '../testing/node.ts'

const FIREFOX_152 = 'Mozilla/5.0 (X11; Linux x86_64; rv:152.0) Gecko/20100101 Firefox/152.0'

/** The first session never hands over an incoming stream, though all of them arrive and are acknowledged. */
class WedgedWebTransport extends WebTransport {
  static sessions = 0
  readonly #wedged = ++WedgedWebTransport.sessions === 1

  override get incomingBidirectionalStreams(): WebTransport['incomingBidirectionalStreams'] {
    return this.#wedged ? new ReadableStream() : super.incomingBidirectionalStreams
  }
}

/** A page in a browser whose incoming streams may stop. */
async function page(t: TestContext) {
  t.mock.getter(navigator, 'userAgent', () => FIREFOX_152)
  Object.defineProperty(globalThis, 'WebTransport', { configurable: true, value: WedgedWebTransport })
  t.after(() => Reflect.deleteProperty(globalThis, 'WebTransport'))
  return await createLibp2p({
    transports: [webTransport()],
    services: { ledger: sluiceLedger() },
    connectionGater: { denyDialMultiaddr: () => false },
    connectionMonitor: { enabled: false },
  })
}

test('a page whose browser hands over no stream of the peer learns it, and gets them on a fresh session', async (t) => {
  const server = await node({ ledger: true })
  const client = await page(t)
  t.after(() => Promise.all([client.stop(), server.stop()]))
  const inbound = new Promise<Connection>((resolve) => {
    server.addEventListener('connection:open', ({ detail }) => resolve(detail), { once: true })
  })
  await client.handle('/hello', (stream) => stream.close())
  const connection = await client.dial(addressOf(server))
  const verdicts: string[] = []
  const over = new Promise<void>((resolve) => {
    webTransportSession(connection)?.onVerdict(({ code }) => {
      verdicts.push(code)
      if (code === 'healthy') resolve()
    })
  })
  const theirs = await inbound
  const lost = assert.rejects(theirs.newStream('/hello'))
  await over
  assert.deepEqual(verdicts, ['not-delivered', 'healthy'])
  // It fails with its session, and then the fresh one is all that the peer knows.
  await lost
  const stream = await theirs.newStream('/hello')
  assert.equal(stream.protocol, '/hello')
  assert.equal(WedgedWebTransport.sessions, 2)
})
