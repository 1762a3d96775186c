import type { Engine, TransportOptions } from '@sluice/engine'
import { makeCertificate } from '@sluice/engine/testing'
import { connect, listen } from '@sluice/webtransport'
import { addressOf, certificateHash } from './address.ts'
import type { Peer } from './drive.ts'
import { answer, exchange, upload } from './exchange.ts'

/** The stream limit of all listeners of the bench; the rest is the engine's default. */
const transport: TransportOptions = { maxIncomingBidi: 256 }

/** WebTransport sessions of `@sluice/webtransport`. */
export function webTransportPeer(engine: Engine): Peer {
  return {
    versions: {},
    async serve() {
      const certificate = makeCertificate()
      const server = await listen({
        engine,
        certificate,
        transport,
        onSession: (session) => {
          session.onStream = answer
        },
      })
      return addressOf(server.address.host, server.address.port, certificate)
    },
    async driver(address) {
      const url = new URL(address)
      const serverCertificateHashes = [certificateHash(url)]
      url.hash = ''
      return async () => {
        const session = await connect(url, { engine, serverCertificateHashes, transport })
        return {
          exchange: async () => exchange(await session.openStream()),
          upload: async (bytes) => upload(await session.openStream(), bytes),
          close: async () => {
            session.close()
            await session.closed
          },
        }
      }
    },
  }
}
