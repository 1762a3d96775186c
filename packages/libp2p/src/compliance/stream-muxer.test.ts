import { after } from 'node:test'
import { connect, listen, type Session } from '@sluice/webtransport'
import { RotatingCertificates } from '../node/certificates/rotating.ts'
import { nodeComponents } from '../testing/components.ts'

import { BYTE_STREAM, type Ends, muxerSuite } from './muxer-setup.ts'

const certificates = new RotatingCertificates((await nodeComponents()).privateKey)
let accept: (session: Session) => void = () => {}
const server = await listen({ certificate: certificates.current, onSession: (session) => accept(session) })
after(() => server.close())

async function ends(): Promise<Ends> {
  const accepted = Promise.withResolvers<Session>()
  accept = accepted.resolve
  const client = await connect(`https://127.0.0.1:${server.address.port}/`, {
    serverCertificateHashes: [certificates.current.hash.digest],
  })
  return [client, await accepted.promise]
}

await muxerSuite('stream muxer', ends, BYTE_STREAM)
