/**
 * One end of a WebTransport session as a process that does what JSON lines on its stdin ask for (lab/peers/README.md).
 * `node main.ts serve` or `node main.ts dial URL HASH`.
 */
import { createInterface } from 'node:readline'
import { makeCertificate } from '@sluice/engine/testing'
import { connect, listen, type WebTransportSession } from '@sluice/webtransport'
import { labEngine } from '../engine.ts'
import { nodeMemory } from '../node/memory.ts'
import type { SessionEvent } from './commands.ts'
import type { OurSessionCommands } from './process.ts'
import { SessionPeer } from './session-peer.ts'

type Name = keyof OurSessionCommands
type Line = { readonly id: number; readonly command: Name } & OurSessionCommands[Name]['options']

const print = (line: unknown): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
const report = (event: SessionEvent): void => print(event)

const { promise: peer, resolve } = Promise.withResolvers<SessionPeer>()
const take = (session: WebTransportSession): void => {
  resolve(new SessionPeer(session))
  report({ event: 'connected' })
  void session.closed.then((end) => report({ event: 'disconnected', reason: end.kind }))
}

const [role, url = '', hash = ''] = process.argv.slice(2)
const engine = labEngine()
let close = async (): Promise<void> => {}
if (role === 'serve') {
  const certificate = makeCertificate()
  const server = await listen({ engine, certificate, onSession: take })
  close = () => server.close()
  const certificateHash = Buffer.from(certificate.hash).toString('hex')
  report({ event: 'listening', port: server.address.port, certificateHash })
} else {
  const session = await connect(url, { engine, serverCertificateHashes: [Uint8Array.from(Buffer.from(hash, 'hex'))] })
  close = async () => session.close()
  take(session)
}

async function execute({ id: _, command, ...options }: Line): Promise<unknown> {
  if (command === 'memory') return await nodeMemory()
  const end = await peer
  if (command === 'credit') return end.session.credit
  return await end.request(command, options as OurSessionCommands[typeof command]['options'])
}

async function answer(line: Line): Promise<void> {
  try {
    print({ id: line.id, ok: true, result: await execute(line) })
  } catch (error) {
    print({ id: line.id, ok: false, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) })
  }
}

for await (const line of createInterface({ input: process.stdin })) void answer(JSON.parse(line) as Line)
await close()
