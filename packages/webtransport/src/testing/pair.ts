import type { Engine } from '@sluice/engine'
import { memoryEngine } from '@sluice/engine/memory'
import { type ConnectOptions, connect } from '../client.ts'
import type { SessionRequest } from '../request/server-request.ts'
import { type ListenOptions, listen, type Server } from '../server.ts'
import type { WebTransportSession } from '../session/webtransport-session.ts'
import type { SessionEnd, SessionStream } from '../session.ts'
import { CERTIFICATE, CERTIFICATE_HASH } from './certificate.ts'

/** A server and what it was told, with a way to dial it. */
export interface Harness {
  readonly engine: Engine
  readonly server: Server
  readonly url: string
  readonly requests: readonly SessionRequest[]
  /** The next session at the server, waiting for it if need be. */
  accepted(): Promise<WebTransportSession>
  dial(options?: Partial<ConnectOptions> & { path?: string }): Promise<WebTransportSession>
}

/** Starts a server on an engine of its own. */
export async function harness(options: Partial<ListenOptions> = {}): Promise<Harness> {
  const engine = options.engine ?? memoryEngine()
  const requests: SessionRequest[] = []
  const waiting: ((session: WebTransportSession) => void)[] = []
  const sessions: WebTransportSession[] = []
  const server = await listen({
    certificate: CERTIFICATE,
    onSession: (session, request) => {
      requests.push(request)
      const waiter = waiting.shift()
      if (waiter === undefined) sessions.push(session)
      else waiter(session)
    },
    ...options,
    engine,
  })
  const url = `https://${server.address.host}:${server.address.port}`
  return {
    engine,
    server,
    url,
    requests,
    accepted: async () => sessions.shift() ?? (await new Promise((resolve) => waiting.push(resolve))),
    dial: async ({ path = '/', ...rest } = {}) =>
      await connect(url + path, { engine, serverCertificateHashes: [CERTIFICATE_HASH], ...rest }),
  }
}

/** A connected pair of sessions. */
export async function pair(
  options: Partial<ListenOptions> = {},
): Promise<Harness & { client: WebTransportSession; peer: WebTransportSession }> {
  const made = await harness(options)
  const [client, peer] = await Promise.all([made.dial(), made.accepted()])
  return { ...made, client, peer }
}

/** Everything that a stream delivers until its receive half is over. */
export async function readAll(stream: SessionStream): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const read = (): void => {
    for (let chunk = stream.read(); chunk !== undefined; chunk = stream.read()) chunks.push(chunk)
    if (stream.receiveState !== 'open') resolve()
  }
  stream.events = { ...stream.events, readable: read, lost: resolve }
  read()
  await promise
  return new Uint8Array(Buffer.concat(chunks))
}

/** Writes everything, as fast as the stream takes it, and then finishes. */
export async function writeAll(stream: SessionStream, data: Uint8Array): Promise<void> {
  let offset = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  const write = (): void => {
    offset += stream.write(data.subarray(offset))
    if (offset < data.length) return
    stream.finish()
    resolve()
  }
  stream.events = { ...stream.events, writable: write, lost: resolve }
  write()
  await promise
}

/** The next stream that the peer opens. */
export async function nextStream(session: WebTransportSession, kind: 'bidi' | 'uni' = 'bidi'): Promise<SessionStream> {
  return await new Promise((resolve) => {
    session.incoming[kind].taker = (stream) => {
      session.incoming[kind].taker = undefined
      resolve(stream)
    }
  })
}

/** Answers each stream with what it brought. */
export function echo(session: WebTransportSession): void {
  session.onStream = (stream) => {
    void readAll(stream).then((data) => writeAll(stream, data))
  }
}

/** The session layer's account of one kind and opener. */
export function sessionAccount(session: WebTransportSession, kind: 'bidi' | 'uni', opener: 'us' | 'them') {
  const account = session.credit.accounts.find(
    (candidate) => candidate.layer === 'session' && candidate.kind === kind && candidate.opener === opener,
  )
  if (account === undefined) throw new RangeError('no such account')
  return account
}

/** Lets everything that is under way at both ends arrive. */
export async function settled(turns = 8): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
}

export function cleanEnd(end: SessionEnd): { remote: boolean; closeCode: number; reason: string } | undefined {
  return end.kind === 'clean' ? { remote: end.remote, closeCode: end.closeCode, reason: end.reason } : undefined
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
