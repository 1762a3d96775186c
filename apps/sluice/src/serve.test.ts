import assert from 'node:assert/strict'
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { identify } from '@libp2p/identify'
import type { Connection } from '@libp2p/interface'
import { ping } from '@libp2p/ping'
import { multiaddr } from '@multiformats/multiaddr'
import { webTransport } from '@sluice/libp2p'
import { createLibp2p } from 'libp2p'
import { requestStreams } from './services/demo.ts'
import { echo, echoOnce } from './services/echo.ts'
import { measurePerf } from './services/perf.ts'

interface Event {
  readonly event: string
  readonly [field: string]: unknown
}

interface Listening extends Event {
  readonly peerId: string
  readonly addresses: string[]
  readonly page: string | null
}

/** A running `sluice serve --json`. */
class Serve {
  readonly process: ChildProcessByStdio<null, Readable, Readable>
  readonly #lines: AsyncIterator<string>
  readonly #exit: Promise<unknown[]>
  log = ''

  constructor(t: TestContext, ...args: string[]) {
    const main = fileURLToPath(new URL('main.ts', import.meta.url))
    this.process = spawn(process.execPath, ['--conditions=@sluice/source', main, 'serve', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.log += text
    })
    this.#lines = createInterface(this.process.stdout)[Symbol.asyncIterator]()
    this.#exit = once(this.process, 'close')
    t.after(() => this.process.kill('SIGKILL'))
  }

  /** The next event of this name; those before it are passed over. */
  async next<E extends Event>(name: string, matches: (event: Event) => boolean = () => true): Promise<E> {
    for (;;) {
      const line = await this.#lines.next()
      assert.ok(!line.done, `no '${name}' came; the log says: ${this.log}`)
      const event = JSON.parse(line.value) as E
      if (event.event === name && matches(event)) return event
    }
  }

  listening(): Promise<Listening> {
    return this.next<Listening>('listening')
  }

  async exit(): Promise<number | null> {
    const [code] = await this.#exit
    return code as number | null
  }
}

function start(t: TestContext, ...args: string[]): Serve {
  return new Serve(t, '--json', '--port', '0', '--page-port', '0', ...args)
}

async function dial(t: TestContext, addresses: string[]) {
  const node = await createLibp2p({
    transports: [webTransport()],
    services: { identify: identify(), ping: ping(), echo: echo() },
  })
  t.after(() => node.stop())
  const connection: Connection = await node.dial(addresses.map((address) => multiaddr(address)))
  return { node, connection }
}

describe('sluice serve', () => {
  it('listens, is dialled, answers ping, echo, perf and demo, tells the credit, and ends with 0 on SIGTERM', async (t) => {
    const serve = start(t)
    const { peerId, addresses, page } = await serve.listening()
    assert.match(addresses[0] ?? '', /^\/ip4\/127\.0\.0\.1\/udp\/\d+\/quic-v1\/webtransport\/certhash\//)
    assert.ok(addresses.every((address) => address.endsWith(`/p2p/${peerId}`)))
    assert.match(page ?? '', /^http:\/\/127\.0\.0\.1:\d+\/$/)

    const { node, connection } = await dial(t, addresses)
    await serve.next('connection-opened', ({ peer }) => peer === node.peerId.toString())
    assert.ok((await node.services.ping.ping(connection.remotePeer)) >= 0)
    const payload = randomBytes(300_000)
    assert.deepEqual(Buffer.from(await echoOnce(connection, payload)), payload)
    await measurePerf(connection, { upload: 200_000, download: 200_000 })
    const run = await requestStreams(connection, { streams: 20, mode: 'concurrent', bytes: 10 })
    assert.deepEqual([run.done, run.error], [20, null])
    await serve.next('credit', ({ peer }) => peer === node.peerId.toString())

    serve.process.kill('SIGTERM')
    await serve.next('stopping')
    assert.equal(await serve.exit(), 0)
    assert.doesNotMatch(serve.log, /left behind/)
  })

  it('ends with 0 on SIGINT while streams are open', async (t) => {
    const serve = start(t)
    const { connection } = await dial(t, (await serve.listening()).addresses)
    const open = await connection.newStream('/echo/1.0.0')
    open.send(randomBytes(10))
    await once(open as unknown as EventTarget, 'message')
    serve.process.kill('SIGINT')
    assert.equal(await serve.exit(), 0)
  })

  it('ends with 0 when nobody reads its output any more', async (t) => {
    const serve = start(t)
    const { addresses } = await serve.listening()
    serve.process.stdout.destroy()
    await dial(t, addresses)
    assert.equal(await serve.exit(), 0)
  })

  it('serves a page that is bundled for browsers, and says where the node is', async (t) => {
    const serve = start(t)
    const { peerId, addresses, page } = await serve.listening()
    assert.ok(page !== null)
    assert.match(await (await fetch(page)).text(), /<script type="module" src="\/page\.js">/)
    const script = await fetch(new URL('page.js', page))
    assert.equal(script.status, 200)
    assert.doesNotMatch(await script.text(), /from\s*["']node:/)
    assert.deepEqual(await (await fetch(new URL('node.json', page))).json(), { peerId, addresses })
  })

  it('has no page when told so', async (t) => {
    assert.equal((await start(t, '--no-page').listening()).page, null)
  })

  it('keeps its peer id and its certificates in a key file', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-serve-'))
    t.after(() => rm(folder, { recursive: true }))
    const hashes = async () => {
      const serve = start(t, '--no-page', '--key', join(folder, 'node.key'))
      const { addresses } = await serve.listening()
      serve.process.kill('SIGTERM')
      assert.equal(await serve.exit(), 0)
      return addresses.map((address) => address.replace(/\/udp\/\d+/, ''))
    }
    assert.deepEqual(await hashes(), await hashes())
  })

  it('says what to do when its UDP port is in use, and ends with 1', async (t) => {
    const { addresses } = await start(t).listening()
    const port = /\/udp\/(\d+)/.exec(addresses[0] ?? '')?.[1] ?? ''
    const second = new Serve(t, '--json', '--no-page', '--port', port)
    assert.equal(await second.exit(), 1)
    assert.match(second.log, new RegExp(`UDP port ${port} of 127\\.0\\.0\\.1 is in use: .*--port`))
  })

  it('says what to do when the port of the page is in use, and ends with 1', async (t) => {
    const { page } = await start(t).listening()
    const second = new Serve(t, '--json', '--port', '0', '--page-port', new URL(page ?? '').port)
    assert.equal(await second.exit(), 1)
    assert.match(second.log, /is in use: .*--page-port/)
  })

  it('ends with 2 when an option cannot be understood', async (t) => {
    const serve = new Serve(t, '--port', 'seven')
    assert.equal(await serve.exit(), 2)
    assert.match(serve.log, /^sluice: --port must be a whole number/)
  })
})
