/**
 * One end of a WebTransport session as a process that does what JSON lines on its stdin ask for (lab/peers/README.md).
 * `node main.ts serve` or `node main.ts dial URL HASH`.
 */
import { makeCertificate } from '@sluice/engine/testing'
import { connect, listen, type WebTransportSession } from '@sluice/webtransport'
import { labEngine } from '../engine.ts'
import { answerLines, type CommandHandlers, printLine } from '../node/lines.ts'
import { nodeMemory } from '../node/memory.ts'
import type { SessionCommands, SessionEvent } from './commands.ts'
import type { OurSessionCommands } from './process.ts'
import { SessionPeer } from './session-peer.ts'

const report = (event: SessionEvent): void => printLine(event)

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

const request =
  <N extends keyof SessionCommands>(command: N) =>
  async (options: SessionCommands[N]['options']): Promise<SessionCommands[N]['result']> =>
    await (await peer).request(command, options)
const commands: CommandHandlers<OurSessionCommands> = {
  echo: request('echo'),
  streams: request('streams'),
  unis: request('unis'),
  datagrams: request('datagrams'),
  close: request('close'),
  credit: async () => (await peer).session.credit,
  memory: nodeMemory,
}
await answerLines<OurSessionCommands>(async (command, options) => await commands[command](options))
await close()
