import { after } from 'node:test'
import type { StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import { connect, listen, type Server, type Session } from '@sluice/webtransport'
import { DEFAULT_STREAM_LIMITS } from '../../src/limits.ts'
import { MUXER_PROTOCOL, WebTransportMuxer } from '../../src/muxer.ts'
import { RotatingCertificates } from '../../src/node/certificates/rotating.ts'
import { nodeComponents } from '../../src/testing/components.ts'
import { engine } from '../engine.ts'
import { runSuite } from './harness.ts'
import { overLink } from './slow-link.ts'

const certificates = new RotatingCertificates((await nodeComponents()).privateKey)
let accept: (session: Session) => void = () => {}
const server: Server = await listen({
  engine,
  certificate: certificates.current,
  onSession: (session) => accept(session),
})
after(() => server.close())

/** Both ends of one session on loopback. */
async function ends(): Promise<{ client: Session; server: Session }> {
  const accepted = Promise.withResolvers<Session>()
  accept = accepted.resolve
  const client = await connect(`https://127.0.0.1:${server.address.port}/`, {
    engine,
    serverCertificateHashes: [certificates.current.hash.digest],
  })
  return { client, server: await accepted.promise }
}

/** The suite asks for a factory twice a test and then makes one muxer of each; which end it is tells its direction. */
let pair: Awaited<ReturnType<typeof ends>> | undefined

async function setup(): Promise<StreamMuxerFactory> {
  const both = pair ?? (await ends())
  pair = pair === undefined ? both : undefined
  return {
    protocol: MUXER_PROTOCOL,
    createStreamMuxer(connection): StreamMuxer {
      const session = connection.direction === 'outbound' ? both.client : both.server
      return new WebTransportMuxer(connection, {
        session: overLink(session, connection),
        limits: DEFAULT_STREAM_LIMITS,
        openDeadline: 10_000,
        maxOutboundStreams: Number.POSITIVE_INFINITY,
        streamOptions: {},
      })
    },
  }
}

await runSuite(
  'stream muxer',
  46,
  async () => {
    const { default: streamMuxerTests } = await import('@libp2p/interface-compliance-tests/stream-muxer')
    streamMuxerTests({ setup, async teardown() {} })
  },
  {
    'can close a stream for writing':
      'expects two writes to arrive as two messages; a QUIC stream carries bytes, not messages (RFC 9000, 2), so both ' +
      'may arrive as one. Over a session in memory, which keeps writes apart, the same muxer passes.',
  },
)
