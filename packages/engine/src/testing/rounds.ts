import { readdirSync, readFileSync } from 'node:fs'
import type { Engine } from '../engine.ts'
import { makeCertificate } from './certificate.ts'

/** What a process holds, where the system tells (Linux). */
export interface Holdings {
  readonly files: number
  readonly threads: number
  readonly resources: number
}

export function holdings(): Holdings {
  const status = readFileSync('/proc/self/status', 'utf8')
  return {
    files: readdirSync('/proc/self/fd').length,
    threads: Number(/^Threads:\s+(\d+)$/m.exec(status)?.[1]),
    resources: process.getActiveResourcesInfo().length,
  }
}

/** Starts and stops two endpoints with a connection and a stream between them, again and again. */
export async function runRounds(engine: Engine, count: number): Promise<void> {
  const certificate = makeCertificate()
  for (let round = 0; round < count; round += 1) {
    const answered = Promise.withResolvers<void>()
    const server = await engine.bind({
      server: { alpn: ['rounds'], certificate },
      onConnection: (connection) => {
        connection.events = {
          streamsAcceptable: (kind) => {
            const stream = connection.acceptStream(kind)
            stream?.write(new Uint8Array(10))
          },
        }
      },
    })
    const client = await engine.bind({})
    const connection = client.connect(server.address, {
      alpn: ['rounds'],
      serverName: certificate.name,
      verify: { certificateHashes: [certificate.hash] },
    })
    connection.events = {
      connected: () => {
        const stream = connection.openStream('bidi')
        if (stream === undefined) throw new Error('no credit')
        stream.events = { readable: answered.resolve }
        stream.write(new Uint8Array(10))
      },
      closed: (reason) => answered.reject(new Error(reason.reason)),
    }
    await answered.promise
    // Either may go first.
    await (round % 2 === 0 ? client : server).close()
    await Promise.all([client.close(), server.close()])
  }
}
