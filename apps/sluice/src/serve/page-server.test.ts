import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { PortInUseError } from '../errors.ts'
import type { ConnectionReport } from './connection-report.ts'
import type { PageFiles } from './page-bundle.ts'
import { type PageServerOptions, startPageServer } from './page-server.ts'
import { connectionReport } from './testing.ts'

const files: PageFiles = new Map([['/', { type: 'text/html', body: new TextEncoder().encode('<p>hello') }]])

async function serve(t: TestContext, changes: Partial<PageServerOptions> = {}): Promise<string> {
  const server = await startPageServer({
    host: '127.0.0.1',
    port: 0,
    bundle: async () => files,
    node: () => ({ peerId: 'node', addresses: ['/one'] }),
    connections: () => [],
    log: () => {},
    ...changes,
  })
  t.after(() => server.close())
  return server.url
}

/** The events of `/credit`, as they come. */
async function* events(url: string): AsyncGenerator<unknown> {
  const response = await fetch(url)
  assert.equal(response.headers.get('content-type'), 'text/event-stream')
  let text = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) if (block.startsWith('data: ')) yield JSON.parse(block.slice(6))
  }
}

describe('page server', () => {
  it('serves the files of the page, which may load nothing from elsewhere', async (t) => {
    const response = await fetch(await serve(t))
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-type'), 'text/html')
    assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'self'/)
    assert.equal(await response.text(), '<p>hello')
  })

  it('says where the node is now, not where it was', async (t) => {
    const addresses = ['/one']
    const url = await serve(t, { node: () => ({ peerId: 'node', addresses }) })
    addresses[0] = '/two'
    assert.deepEqual(await (await fetch(`${url}node.json`)).json(), { peerId: 'node', addresses: ['/two'] })
  })

  it('streams the credit of every connection, at once and when it changes', async (t) => {
    let reports: ConnectionReport[] = [connectionReport('a'), connectionReport('b')]
    const url = await serve(t, { connections: () => reports })
    const stream = events(`${url}credit`)
    assert.deepEqual((await stream.next()).value, { connections: reports })
    reports = [connectionReport('a'), connectionReport('b', 1)]
    assert.deepEqual((await stream.next()).value, { connections: reports })
    await stream.return(undefined)
  })

  it('streams the credit of one peer to who asks for it', async (t) => {
    const reports = [connectionReport('a'), connectionReport('b')]
    const url = await serve(t, { connections: () => reports })
    const stream = events(`${url}credit?peer=b`)
    assert.deepEqual((await stream.next()).value, { connections: [connectionReport('b')] })
    await stream.return(undefined)
  })

  it('bundles once, and again after a failure', async (t) => {
    const outcomes: Array<() => PageFiles> = [
      () => {
        throw new Error('no esbuild')
      },
      () => files,
      () => assert.fail('bundled again'),
    ]
    const log: string[] = []
    const url = await serve(t, {
      bundle: async () => outcomes.shift()?.() ?? files,
      log: (text) => log.push(text),
    })
    assert.equal((await fetch(url)).status, 500)
    assert.deepEqual(log, ['no esbuild\n'])
    assert.equal((await fetch(url)).status, 200)
    assert.equal((await fetch(url)).status, 200)
  })

  it('knows nothing else', async (t) => {
    const url = await serve(t)
    assert.equal((await fetch(`${url}../../etc/passwd`)).status, 404)
    assert.equal((await fetch(url, { method: 'POST' })).status, 405)
  })

  it('says which flag to change when its port is in use', async (t) => {
    const { port } = new URL(await serve(t))
    await assert.rejects(
      serve(t, { port: Number(port) }),
      (error) => error instanceof PortInUseError && /--page-port/.test(error.message),
    )
  })
})
