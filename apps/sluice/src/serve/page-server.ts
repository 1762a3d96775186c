import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, isIPv6 } from 'node:net'
import type { Millis } from '@sluice/credit'
import type { ConnectionReport } from './connection-report.ts'
import { watchCredit } from './credit-watch.ts'
import { listenError } from './listen-error.ts'
import type { PageFiles } from './page-bundle.ts'

/** How often a page is told of its node's credit, at most. */
const CREDIT_EVERY: Millis = 250

/** Pages that may watch at once. */
const MOST_WATCHERS = 100

export interface PageServerOptions {
  readonly host: string
  readonly port: number
  /** The files of the page; called until it succeeds, then no more. */
  readonly bundle: () => Promise<PageFiles>
  /** What `/node.json` says: looked up for each request, because certificates are swapped. */
  readonly node: () => { readonly peerId: string; readonly addresses: readonly string[] }
  /** What `/credit` streams. */
  readonly connections: () => readonly ConnectionReport[]
  readonly log: (text: string) => void
}

export interface PageServer {
  readonly url: string
  close(): Promise<void>
}

/**
 * Serves the page over http: its files, `/node.json` with the node's addresses now, and `/credit`, server-sent
 * events with the credit of the node's connections (`?peer=ID`: only those to that peer).
 *
 * @throws PortInUseError, AddressNotAvailableError
 */
export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  const { host, port } = options
  const files = cached(options.bundle)
  let watchers = 0

  const server = createServer((request, response) => {
    response.setHeader('cache-control', 'no-store')
    response.setHeader('x-content-type-options', 'nosniff')
    const url = URL.parse(request.url ?? '/', 'http://page')
    if (request.method !== 'GET' && request.method !== 'HEAD') refuse(response, 405, 'only GET')
    else if (url === null) refuse(response, 400, 'not a path')
    else if (url.pathname === '/node.json') sendJson(response, options.node())
    else if (url.pathname === '/credit') streamCredit(request, response, url.searchParams.get('peer'))
    else void sendFile(response, url.pathname)
  })

  async function sendFile(response: ServerResponse, path: string): Promise<void> {
    try {
      const file = (await files()).get(path)
      if (file === undefined) refuse(response, 404, 'nothing here')
      else response.writeHead(200, { 'content-type': file.type, 'content-security-policy': POLICY }).end(file.body)
    } catch (error) {
      options.log(`${error instanceof Error ? error.message : error}\n`)
      refuse(response, 500, 'the page could not be bundled; the reason is in the log of sluice serve')
    }
  }

  function streamCredit(request: IncomingMessage, response: ServerResponse, peer: string | null): void {
    if (watchers >= MOST_WATCHERS) {
      refuse(response, 503, 'too many pages watch')
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    if (request.method === 'HEAD') {
      response.end()
      return
    }
    watchers += 1
    response.write('retry: 1000\n\n')
    const watch = watchCredit({
      reports: () => options.connections().filter((connection) => peer === null || connection.peer === peer),
      every: CREDIT_EVERY,
      changed: (_changed, connections) => response.write(`data: ${JSON.stringify({ connections })}\n\n`),
    })
    response.once('close', () => {
      watchers -= 1
      watch.stop()
    })
  }

  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw listenError(error, { host, port, protocol: 'TCP', hostFlag: '--page-host', portFlag: '--page-port' })
  }
  const bound = server.address() as AddressInfo
  return {
    url: `http://${isIPv6(host) ? `[${host}]` : host}:${bound.port}/`,
    async close() {
      server.close()
      server.closeAllConnections()
      if (server.listening) await once(server, 'close')
    },
  }
}

/** Scripts and styles of our own only; connections to this server and, by WebTransport, to any node. */
const POLICY = "default-src 'self'; connect-src 'self' https:; img-src 'self' data:"

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${reason}\n`)
}

function sendJson(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

/** Calls `make` until it succeeds, and then gives the same again. */
function cached<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make().catch((error) => {
      made = undefined
      throw error
    })
    return made
  }
}
