import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { type Engine, quinnEngine } from '@sluice/engine'
import { virtualEngine } from '@sluice/engine/virtual'
import { type ConnectOptions, connect } from '../client.ts'
import type { SessionRequest } from '../request/server-request.ts'
import { type ListenOptions, listen, type Server } from '../server.ts'
import type { WebTransportSession } from '../session/webtransport-session.ts'
import type { SessionEnd, SessionStream } from '../session.ts'
import { CERTIFICATE } from './certificate.ts'

/** The engine that tests run on: over UDP, or with SLUICE_ENGINE=virtual over a network in this process. */
export function testEngine(): Engine {
  return process.env.SLUICE_ENGINE === 'virtual' ? virtualEngine() : quinnEngine
}

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
  const engine = options.engine ?? testEngine()
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
    // Raw peers do not answer a close.
    limits: { closeTimeout: 200, ...options.limits },
    engine,
  })
  const { host, port } = server.address
  const url = `https://${host.includes(':') ? `[${host}]` : host}:${port}`
  return {
    engine,
    server,
    url,
    requests,
    accepted: async () => sessions.shift() ?? (await new Promise((resolve) => waiting.push(resolve))),
    dial: async ({ path = '/', ...rest } = {}) =>
      await connect(url + path, { engine, serverCertificateHashes: [CERTIFICATE.hash], ...rest }),
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
  await writeSome(stream, data)
  stream.finish()
}

/** Writes everything, as fast as the stream takes it. */
export async function writeSome(stream: SessionStream, data: Uint8Array): Promise<void> {
  let offset = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  const write = (): void => {
    offset += stream.write(data.subarray(offset))
    if (offset === data.length) resolve()
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

/** Sends large data in both directions of a stream at once, and compares what arrives. */
export async function assertWholeBothWays(client: WebTransportSession, peer: WebTransportSession): Promise<void> {
  const data = new Uint8Array(300_000).map((_, index) => index * 7)
  const outgoing = await client.openStream()
  const answer = readAll(outgoing)
  const written = writeAll(outgoing, data)
  const incoming = await nextStream(peer)
  const [got] = await Promise.all([readAll(incoming), writeAll(incoming, data), written])
  assert.deepEqual(got, data)
  assert.deepEqual(await answer, data)
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

/** Longest wait for what a test expects. */
const PATIENCE = 5_000

/** Waits until `read` returns what is expected, and fails with the difference if it does not in time. */
export async function becomes<T>(read: () => T, expected: T): Promise<void> {
  const until = performance.now() + PATIENCE
  while (performance.now() < until) {
    if (isDeepStrictEqual(read(), expected)) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.deepEqual(read(), expected)
}

/** A few turns of the event loop, for what must not happen. */
export async function settled(turns = 8): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
}

export function cleanEnd(end: SessionEnd): { remote: boolean; closeCode: number; reason: string } | undefined {
  return end.kind === 'clean' ? { remote: end.remote, closeCode: end.closeCode, reason: end.reason } : undefined
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
