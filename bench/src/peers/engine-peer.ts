import type { Engine, Connection as QuicConnection, Stream, TransportOptions } from '@sluice/engine'
import { makeCertificate } from '@sluice/engine/testing'
import { addressOf, certificateHash } from './address.ts'
import type { Connection, Peer } from './drive.ts'
import { answer, exchange, upload } from './exchange.ts'

const alpn = ['sluice-bench']
/** The stream limit of all listeners of the bench; the rest is the engine's default. */
const transport: TransportOptions = { maxIncomingBidi: 256 }

/** Bare QUIC: what the layers above can at best reach. */
export function enginePeer(engine: Engine): Peer {
  return {
    versions: {},
    async serve() {
      const certificate = makeCertificate()
      const endpoint = await engine.bind({
        server: { alpn, certificate },
        transport,
        onConnection: (connection) => {
          connection.events = { streamsAcceptable: () => answerAll(connection) }
        },
      })
      return addressOf(endpoint.address.host, endpoint.address.port, certificate)
    },
    async driver(address) {
      const url = new URL(address)
      const endpoint = await engine.bind({ transport })
      const remote = { host: url.hostname, port: Number(url.port) }
      const verify = { certificateHashes: [certificateHash(url)] }
      return () => connect(endpoint.connect(remote, { alpn, serverName: url.hostname, verify }))
    },
  }
}

function answerAll(connection: QuicConnection): void {
  for (;;) {
    const stream = connection.acceptStream('bidi')
    if (stream === undefined) return
    answer(stream)
  }
}

function connect(connection: QuicConnection): Promise<Connection> {
  const waiting: ((stream: Stream) => void)[] = []
  const open = (): Promise<Stream> => {
    const stream = waiting.length === 0 ? connection.openStream('bidi') : undefined
    return stream === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(stream)
  }
  return new Promise((resolve, reject) => {
    const closed = Promise.withResolvers<void>()
    connection.events = {
      connected: () => {
        resolve({
          exchange: async () => exchange(await open()),
          upload: async (bytes) => upload(await open(), bytes),
          close: () => {
            connection.close(0, '')
            return closed.promise
          },
        })
      },
      streamsOpenable: () => {
        while (waiting.length > 0) {
          const stream = connection.openStream('bidi')
          if (stream === undefined) return
          waiting.shift()?.(stream)
        }
      },
      closed: (reason) => {
        closed.resolve()
        reject(new Error(`the connection ended before it was there: ${JSON.stringify(reason)}`))
      },
    }
  })
}
