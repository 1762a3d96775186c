import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'

export interface PageServer {
  /** `http://localhost:PORT/`: a secure context in every browser. */
  readonly url: string
  close(): Promise<void>
}

/** Bundles a browser program and serves a page that runs it. @param entry path of its TypeScript file */
export async function servePage(entry: string): Promise<PageServer> {
  const bundle = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@sluice/source'],
    sourcemap: 'inline',
    write: false,
    logLevel: 'error',
    supported: { 'top-level-await': true },
  })
  const script = bundle.outputFiles[0]?.text ?? ''
  const files: Record<string, readonly [type: string, body: string]> = {
    '/': [
      'text/html',
      '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>lab</title><script type="module" src="/main.js"></script>',
    ],
    '/main.js': ['text/javascript', script],
    '/empty': ['text/html', '<!doctype html>'],
  }
  const server = createServer((request, response) => {
    const file = files[request.url ?? '']
    if (file === undefined) response.writeHead(404).end()
    else response.writeHead(200, { 'content-type': `${file[0]}; charset=utf-8` }).end(file[1])
  })
  server.listen(0, 'localhost')
  await once(server, 'listening')
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
